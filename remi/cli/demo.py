"""`remi demo`: an invented collaboration, from partners' workbooks to published releases."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remi import configuration
from remi.cli.run import run_pipeline
from remi.demo.collaboration import write_demo
from remi.demo.reviews import review_demo
from remi.release.published import latest_release
from remi.settings import DEMONSTRATION, Settings
from remi.workspace import open_workspace

DEMO_CYCLES = 3


@click.command()
def demo() -> None:
    """Invent partners and three cycles of workbooks, run the pipeline on them and publish.

    Run again, it makes only what is missing.
    """
    console = Console(stderr=True)
    settings = Settings.from_environment()
    loaded = configuration.load(settings.config)
    cycles = [cycle.id for cycle in loaded.cycles.cycles][:DEMO_CYCLES]
    settings.home.mkdir(parents=True, exist_ok=True)
    if settings.register.exists() and not settings.demonstration:
        raise click.ClickException(
            f"{settings.register} is a register of real partners. The demo never mixes invented "
            "organisations with real ones: set REMI_HOME to another folder."
        )
    (settings.home / DEMONSTRATION).write_text(loaded.policy.demonstration_notice + "\n")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Partners fill in their workbooks", total=None)
        made = write_demo(
            settings,
            loaded,
            cycles,
            lambda done, of: progress.update(task, completed=done, total=of),
        )
        progress.update(task, completed=made.written, total=made.written, visible=made.written > 0)
    with console.status("Reviewers look at what partners claim …"):
        made_decisions = review_demo(open_workspace(settings), cycles)
    unpublished = [c for c in cycles if latest_release(settings.releases, c) is None]
    if (made.written or made_decisions or unpublished) and run_pipeline(
        cycles, ("score_cycle", "publish_cycle"), "demo"
    ):
        raise SystemExit(1)
    _what_to_do_next(Console(), settings, cycles)


def _what_to_do_next(console: Console, settings: Settings, cycles: list[str]) -> None:
    console.print()
    for cycle in cycles:
        folder = latest_release(settings.releases, cycle)
        console.print(f"Release of {cycle}: {folder}", soft_wrap=True, highlight=False)
    console.print("\nOpen the newest release:   make release", highlight=False)
    console.print("Open Dagster's pages:      make pages", highlight=False)
    console.print("Open the partners' portal: make serve", highlight=False)
