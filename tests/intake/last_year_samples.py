"""An installation with one judged cycle of the invented partners, and the next one open.

`REWORDED_CONFIG` makes a configuration in which the next cycle has version 2.0 of the framework.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from remi import configuration
from remi.cycle.judging import judge_cycle
from remi.cycle.work import CycleWork
from remi.demo.fill import filled_assessment, setting_of
from remi.demo.partners import register
from remi.framework.crosswalk import compare
from remi.settings import Settings, signing_key
from remi.store.database import migrate, open_engine
from remi.store.frames import replace_all
from remi.store.objects import Objects
from remi.store.submissions import receive
from remi.workspace import Workspace
from schemas import store
from schemas.framework import Framework

BEFORE, NOW = "2024-25", "2025-26"
TRUST, PARENT, DEPARTMENT, NEWCOMER = "DEMO-T01", "DEMO-T04", "DEMO-T04-CH", "DEMO-T02"
OLD = "race-equality-maturity-1.0"

SHIPPED = Path(__file__).parents[2] / "config"


def workspace(home: Path, config: Path = SHIPPED) -> Workspace:
    """An installation whose register is the invented one, with nothing received."""
    settings = Settings(
        home=home,
        config=config,
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        releases=home / "releases",
        register=home / "register.csv",
        dagster_home=home / "dagster",
    )
    engine = open_engine(settings.database_url)
    migrate(engine)
    replace_all(engine, store.organisation, register())
    return Workspace(settings, configuration.load(config), engine, Objects(settings.objects_url))


def file_of(made: Workspace, organisation_id: str, cycle_id: str, template_of: str = "") -> bytes:
    """A filled return for a cycle, in its own template or in that of another cycle."""
    key = signing_key(made.settings)
    setting = setting_of(made.configuration, cycle_id, key)
    other = setting_of(made.configuration, template_of, key) if template_of else None
    completed = date(setting.cycle.closes.year, 11, 7)
    return filled_assessment(setting, organisation_id, completed, template_of=other)


def returned(made: Workspace, cycle_id: str, *organisations: str) -> CycleWork:
    """The cycle, with a judged return of each of these."""
    for organisation_id in organisations:
        content = file_of(made, organisation_id, cycle_id)
        arrived = datetime(int(cycle_id[:4]), 11, 14, tzinfo=UTC)
        name = f"{organisation_id}.xlsx"
        receive(made.engine, made.objects, cycle_id, name, content, "inbox", arrived)
    work = CycleWork(made, cycle_id)
    outcomes = set(judge_cycle(work).verdicts["outcome"])
    assert outcomes == {"accepted"}
    return work


def reworded_config(folder: Path, with_crosswalk: bool = True) -> Path:
    """The shipped configuration, but with version 2.0 of the framework from NOW on: L2 reworded,
    L6 gone, L7 new."""
    config = Path(shutil.copytree(SHIPPED, folder / "config"))
    frameworks = config / "frameworks"
    content = yaml.safe_load((frameworks / f"{OLD}.yaml").read_text(encoding="utf-8"))
    content["version"] = "2.0"
    indicators = content["commitments"][0]["indicators"]
    indicators[1]["criteria"][2] = "Something else is asked here now, in other words than before."
    gone = indicators.pop()
    words = ["quarterly", "briefings", "scheduled", "ahead", "number"]
    added = {**gone, "id": "L7", "title": "Quarterly briefings"}
    added["criteria"] = [f"{' '.join(words)} {n}." for n in range(len(gone["criteria"]))]
    indicators.append(added)
    new_name = OLD.replace("1.0", "2.0")
    (frameworks / f"{new_name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    cycles = yaml.safe_load((config / "cycles.yaml").read_text(encoding="utf-8"))
    for cycle in cycles["cycles"]:
        if cycle["id"] >= NOW:
            cycle["framework"] = new_name
    (config / "cycles.yaml").write_text(yaml.safe_dump(cycles, sort_keys=False))
    if with_crosswalk:
        _write_crosswalk(config, OLD, new_name)
    return config


def _write_crosswalk(config: Path, old_name: str, new_name: str) -> None:
    old, new = (
        Framework.model_validate(
            yaml.safe_load((config / "frameworks" / f"{name}.yaml").read_text(encoding="utf-8"))
        )
        for name in (old_name, new_name)
    )
    content = {
        "from_framework": {"id": old.id, "version": old.version},
        "to_framework": {"id": new.id, "version": new.version},
        "rows": [row.model_dump(mode="json", exclude_none=True) for row in compare(old, new)],
    }
    folder = config / "crosswalks"
    folder.mkdir(exist_ok=True)
    (folder / f"{old_name}--{new_name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
