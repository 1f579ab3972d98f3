"""Partitions: one for each yearly collection round, from `config/cycles.yaml`.

A round has dates of its own, so it is a named partition and not a calendar year. Organisations are
rows of a cycle and never partitions. See Dagster's “Partitioning assets”.
"""

from __future__ import annotations

import dagster as dg

from remi.settings import Settings
from schemas.loading import load_yaml
from schemas.programme import Cycles


def configured_cycles() -> Cycles:
    """Every cycle in the configuration folder that this process was started with."""
    return load_yaml(Settings.from_environment().config / "cycles.yaml", Cycles)


by_cycle = dg.StaticPartitionsDefinition([cycle.id for cycle in configured_cycles().cycles])
