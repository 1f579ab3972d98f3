"""What has come in for a cycle and is in no run that passed its checks; closed cycles too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remi.store.runs import last_passed
from remi.store.submissions import pending
from remi.store.watermark import NOTHING, Mark, watermarks
from remi.workspace import Workspace


@dataclass(frozen=True)
class Waiting:
    """How much waits for a run: files in the inbox; files that came, sign-offs and reviewers'
    decisions. `news` is another text as soon as anything more waits; empty where nothing does."""

    cycle: str
    in_inbox: int
    files: int
    sign_offs: int
    decisions: int
    news: str

    @property
    def in_words(self) -> str:
        """“2 files and 1 sign-off wait for a run.”; nothing where nothing waits."""
        counted = [
            (self.in_inbox + self.files, "file", "files"),
            (self.sign_offs, "sign-off", "sign-offs"),
            (self.decisions, "reviewer's decision", "reviewers' decisions"),
        ]
        parts = [f"{n} {one if n == 1 else many}" for n, one, many in counted if n]
        if not parts:
            return ""
        listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
        alone = len(parts) == 1 and listed.startswith("1 ")
        return f"{listed} {'waits' if alone else 'wait'} for a run."


def waiting(workspace: Workspace, cycles: Iterable[str]) -> dict[str, Waiting]:
    """Of each of these cycles, what waits."""
    lying = {found.cycle: found for found in pending(workspace.settings, workspace.engine)}
    marks = watermarks(workspace.engine)
    found = {}
    for cycle in cycles:
        mark, passed = marks.get(cycle, NOTHING), last_passed(workspace.engine, cycle)
        had = passed.mark if passed else NOTHING
        inbox = lying.get(cycle)
        since = Mark(*(max(now - before, 0) for now, before in zip(mark, had, strict=True)))
        news = f"{mark} {inbox.fingerprint if inbox else ''}" if inbox or any(since) else ""
        in_inbox = inbox.files if inbox else 0
        found[cycle] = Waiting(cycle, in_inbox, since.files, since.sign_offs, since.decisions, news)
    return found
