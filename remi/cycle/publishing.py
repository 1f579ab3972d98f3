"""The tables as they may be published, and the release that is written from them."""

from __future__ import annotations

from remi.cycle import disclosed
from remi.cycle.scoring import input_hash
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
    """
    policy = work.workspace.configuration.policy
    beside = Beside(disclosed.said(work), disclosed.published(work))
    protected = protect(read_tables(work, "computed"), work.tables, policy, beside)
    store_figures(work, protected.tables, "published")
    return protected


def make_release(work: CycleWork) -> ReleaseFolder:
    """Write the cycle's release from its published figures; a new version only if it differs."""
    edition = Edition(
        cycle=work.cycle,
        framework=work.framework,
        policy=work.workspace.configuration.policy,
        definitions=work.tables,
        tables=read_tables(work, "published"),
        source_run_id=input_hash(work)[:16],
        demonstration=work.workspace.settings.demonstration,
    )
    files = build_release(make_content(edition), installed_stylesheet())
    written = write_release(files, work.workspace.settings.releases, work.cycle_id)
    disclosed.keep(work, written.version)
    return written
