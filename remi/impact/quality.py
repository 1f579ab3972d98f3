"""Table A22: what arrived, what of it could be used, and what was withheld."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from remi.impact.attendance import ETHNIC_GROUP, UNKNOWN, held_events
from remi.impact.columns import count
from remi.impact.common import ASSESSMENT, ENGAGEMENT, Cell, percentage, table_frame
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn

UNKNOWN_KIND = "unknown"
KINDS = {ASSESSMENT: "Assessment", ENGAGEMENT: "Engagement", UNKNOWN_KIND: "Not recognised"}
N_FAULTS = 3
NO_FAULT = "none"
NOT_RUN = "not run in this version"


COLUMNS = (
    TableColumn("kind", "Kind of file", Holds.KEY, "Kind of workbook; All is every kind"),
    count("n_files", "Files", "Files that arrived, each time that they did"),
    count("n_sent_again", "Sent again", "Of those, files sent again without a change"),
    count("n_accepted", "Accepted", "Files accepted; one that was sent again is one file"),
    count("n_needs_changes", "Need changes", "Files sent back with what must be changed"),
    count("n_unusable", "Unusable", "Files that could not be read or are not the workbook"),
    count("n_not_judged", "Not judged", "Files received and not yet judged"),
    count("n_superseded", "Superseded", "Accepted files that a later version replaced"),
    count("cells_read", "Cells read", "Filled cells that were read"),
    count("cells_ok", "Cells in order", "Of those, cells in order"),
    count("cells_rejected", "Cells rejected", "Of those, cells that must be changed"),
    TableColumn(
        "commonest_faults",
        "Commonest faults",
        Holds.TEXT,
        "Up to three faults that must be put right and that the most files have",
    ),
    TableColumn(
        "n_ethnicity_counted",
        "Attendances by ethnicity",
        Holds.PEOPLE,
        "Attendances counted by ethnic group, unknown ones too",
    ),
    TableColumn(
        "n_ethnicity_unknown",
        "Ethnicity unknown",
        Holds.PEOPLE,
        "Of those, attendances whose ethnic group is unknown",
    ),
    TableColumn(
        "ethnicity_unknown_pct",
        "Share unknown",
        Holds.PERCENTAGE,
        "Unknown ethnic group as a share of attendances counted by ethnic group",
        of=("n_ethnicity_unknown", "n_ethnicity_counted"),
    ),
    count("n_cells_withheld", "Cells withheld", "Cells of all tables withheld when published"),
    TableColumn(
        "back_calculation_check",
        "Back-calculation",
        Holds.TEXT,
        "Whether withheld cells were attacked from everything published",
    ),
)


def data_quality(data: CycleData) -> pd.DataFrame:
    """A22: one row for all files, then one for each kind. Withheld cells are counted later."""
    arrived = data.arrived or dict.fromkeys(data.submissions["submission_id"], 1)
    judged = data.submissions[["submission_id"]].merge(
        data.verdicts.drop(columns="cycle"), on="submission_id", how="left"
    )
    judged["n_arrived"] = judged["submission_id"].map(arrived).fillna(1).astype(int)
    kinds = judged["kind"].fillna(UNKNOWN_KIND)
    ethnicity = _ethnicity(data)
    none = dict.fromkeys(ethnicity, Status.NOT_APPLICABLE)
    rows = [{"kind": ALL, **_files(judged, data.problems), **ethnicity}]
    for kind, label in KINDS.items():
        people = ethnicity if kind == ENGAGEMENT else none
        rows.append({"kind": label, **_files(judged[kinds == kind], data.problems), **people})
    for row in rows:
        every_kind = row["kind"] == ALL
        row["n_cells_withheld"] = Status.NOT_AVAILABLE if every_kind else Status.NOT_APPLICABLE
        row["back_calculation_check"] = NOT_RUN
    return table_frame(data, COLUMNS, rows)


def _files(files: pd.DataFrame, problems: pd.DataFrame) -> dict[str, Cell]:
    outcomes = files["outcome"].value_counts()
    must_fix = problems[
        problems["submission_id"].isin(files["submission_id"])
        & (problems["severity"] == "must_fix")
    ]
    # A blank that must be filled is a fault, but it was never a cell that could be read.
    seen = must_fix[must_fix["cell"].notna() & must_fix["seen"].notna()]
    rejected = len(seen[["submission_id", "sheet", "cell"]].drop_duplicates())
    read = int(files["cells_read"].fillna(0).sum())
    return {
        "n_files": int(files["n_arrived"].sum()),
        "n_sent_again": int(files["n_arrived"].sum()) - len(files),
        "n_accepted": int(outcomes.get("accepted", 0)),
        "n_needs_changes": int(outcomes.get("needs_changes", 0)),
        "n_unusable": int(outcomes.get("unusable", 0)),
        "n_not_judged": int(files["outcome"].isna().sum()),
        "n_superseded": int(files["superseded_by"].notna().sum()),
        "cells_read": read,
        "cells_ok": max(read - rejected, 0),
        "cells_rejected": rejected,
        "commonest_faults": _commonest(must_fix),
        "n_base": len(files),
        "n_missing": int(files["outcome"].isna().sum()),
    }


def _commonest(must_fix: pd.DataFrame) -> str:
    """The rules that most files break, in words; of several, in the order of the alphabet."""
    pairs = must_fix[["submission_id", "rule"]].drop_duplicates()
    counts = Counter(pairs["rule"].astype("str"))
    rules = sorted(counts, key=lambda rule: (-counts[rule], rule))[:N_FAULTS]
    return "; ".join(rule.replace("_", " ") for rule in rules) or NO_FAULT


def _ethnicity(data: CycleData) -> dict[str, Cell]:
    counted = [event.by[ETHNIC_GROUP] for event in held_events(data) if ETHNIC_GROUP in event.by]
    if not counted:
        return dict.fromkeys(
            ("n_ethnicity_counted", "n_ethnicity_unknown", "ethnicity_unknown_pct"),
            Status.NOT_AVAILABLE,
        )
    total = sum(p.number for by in counted for people in by.values() for p in people)
    unknown = sum(p.number for by in counted for p in by.get(UNKNOWN, ()))
    return {
        "n_ethnicity_counted": total,
        "n_ethnicity_unknown": unknown,
        "ethnicity_unknown_pct": percentage(unknown, total),
    }


DATA_QUALITY = AnnualTable(
    id="A22",
    name="data_quality",
    title="Data quality: what arrived, what could be used and what was withheld",
    one_row_per="kind of file",
    columns=COLUMNS,
    make=data_quality,
    notes=(
        "Files are counted every time they arrive. A file that arrives again without a change is "
        "read once, so accepted, returned, unusable and not judged files and those sent again are "
        "together all that arrived. The last accepted version of each counts.",
        "A file whose kind could not be told is not recognised.",
        "Withheld cells are counted over all tables, in the row for all files.",
    ),
    sources=("submission", "verdict", "problem", "record_value"),
)
