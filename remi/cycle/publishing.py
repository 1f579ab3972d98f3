"""The tables as they may be published, and the release that is written from them."""

from __future__ import annotations

import pandas as pd

from remi.cycle import disclosed
from remi.cycle.clearance import Clearance, NotClearedError, cleared, cleared_for_release
from remi.cycle.steps import PROTECT
from remi.cycle.tables import read_tables, store_figures
from remi.cycle.work import CycleWork
from remi.disclosure.protect import Beside, Protected, protect
from remi.release.build import ReleaseFolder, build_release, write_release
from remi.release.compose import make_content
from remi.release.content import Edition
from remi.release.stylesheet import installed_stylesheet


def protect_tables(work: CycleWork) -> Protected:
    """Withhold and round what may not be published, and store the figures as published.

    All tables are protected together, beside every version and year that is published already.
    Raises NotClearedError where what is stored may not be published.
    """
    policy = work.workspace.configuration.policy
    clearance = cleared(work)
    tables = _of_run(work, "computed", clearance)
    beside = Beside(disclosed.said(work), disclosed.published(work))
    protected = protect(tables, work.tables, policy, beside)
    store_figures(work, PROTECT, protected.tables, "published")
    return protected


def make_release(work: CycleWork) -> ReleaseFolder:
    """Write the cycle's release from its published figures; a new version only if it differs.

    Raises NotClearedError where what is stored may not be published.
    """
    clearance = cleared_for_release(work)
    edition = Edition(
        cycle=work.cycle,
        framework=work.framework,
        policy=work.workspace.configuration.policy,
        definitions=work.tables,
        tables=_of_run(work, "published", clearance),
        source_run_id=clearance.source_run_id,
        demonstration=work.workspace.settings.demonstration,
    )
    files = build_release(make_content(edition), installed_stylesheet())
    # Built from one reading of the figures; what came in meanwhile must not look as if it were in.
    cleared_for_release(work)
    written = write_release(files, work.workspace.settings.releases, work.cycle_id)
    disclosed.keep(work, written.version)
    return written


def _of_run(work: CycleWork, version: str, clearance: Clearance) -> dict[str, pd.DataFrame]:
    """The stored tables, each of whose rows names the run that is cleared."""
    tables = read_tables(work, version)
    named = {name for table in tables.values() for name in table["source_run_id"]}
    if named - {clearance.source_run_id}:
        raise NotClearedError(
            f"{work.cycle.label} is not published: its tables name another run than the one that "
            f"passed its checks. Run it again: remi run --cycle {work.cycle_id} --publish"
        )
    return tables
