"""Judge the sheets of records: events, attendance, communications, meetings, action points.

The sheets and columns named here are those of `config/engagement.yaml` and `assessment.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa

from remi.intake.judging.context import JudgingContext
from remi.intake.judging.frames import Records, records_of
from remi.intake.judging.opened import Reading
from remi.intake.judging.rules import failures
from remi.intake.judging.values import Said
from remi.intake.judging.whose import became, named
from remi.intake.judging.words import Fact, Phrase, allowed, suggestion
from remi.intake.layout import code_lists
from remi.intake.locating.plan import refers_to
from remi.intake.locating.typed import plain
from schemas import assessment, engagement
from schemas.checks import ABOUT, UPPER_BOUNDS
from schemas.framework import Choice

UNKNOWN = "unknown"
"""A category that says that it is not known; as good as any other."""

_UNKNOWN_WORDS = (UNKNOWN, "not known", "not stated")

_LISTS = {
    "sector": "sectors",
    "system": "systems",
    "borough": "boroughs",
    "ethnic_group": "ethnic_groups",
    "organisation": "organisations",
}
_USED = {
    "action_points": {"state", "done_on_state"},
    "events": {"state", "held_on", "attendances"},
    "communications": {"state", "published_on", "published_on_state"},
    "meetings": {
        *("held_on", "held_on_state", "quorate_state", "decisions", "decisions_from_community"),
        *("adopted", "declined_with_reason", "community_seats", "community_present"),
        *("decisions_qualifier", "decisions_from_community_qualifier", "adopted_qualifier"),
        *("declined_with_reason_qualifier", "community_seats_qualifier"),
        "community_present_qualifier",
    },
    "attendance": {
        *("ref", "counted_by", "category", "category_state", "multiple_responses"),
        *("people", "people_state", "people_qualifier"),
    },
}
"""What the rules about each sheet look at."""

_CELL_OF = {
    "done_without_date": "done_on",
    "date_in_future": "held_on",
    "date_outside_period": "held_on",
    "people_but_not_held": "attendances",
    "published_without_date": "published_on",
    "held_without_quorum": "quorate",
    "quorum_without_date": "held_on",
    "more_present_than_seats": "community_present",
    "more_raised_than_taken": "decisions_from_community",
    "more_answered_than_raised": "adopted",
    "reference_not_among_records": "ref",
    "category_not_on_list": "category",
    "count_given_twice": "category",
}


_WHOLE_OF = {
    "more_present_than_seats": "community_seats",
    "more_raised_than_taken": "decisions",
    "more_answered_than_raised": "decisions_from_community",
}
"""The column that holds the whole of which the rule's own column is a part."""


def find_in_records(readings: Sequence[Reading], context: JudgingContext) -> None:
    """Everything about records that one cell alone cannot show."""
    cycle = context.cycle
    for kind, sheet_id, schemas in (
        ("assessment", "action_points", assessment.action_points()),
        ("engagement", "events", engagement.events(cycle)),
        ("engagement", "communications", engagement.communications(cycle)),
        ("engagement", "meetings", engagement.meetings(cycle)),
    ):
        records = records_of([r for r in readings if r.kind == kind], sheet_id, _USED[sheet_id])
        days = pd.to_datetime(pd.Series([r.last_day for r, _ in records.of], dtype="object"))
        records = records._replace(frame=records.frame.assign(last_day=days))
        _find(records, sheet_id, schemas, context)
    _find_organisations_of_another_day(readings, context)
    counted = [r for r in readings if r.kind == "engagement" and "attendance" in r.sheets]
    _find_in_attendance(counted, context)


def _find(
    records: Records,
    sheet_id: str,
    schemas: tuple[pa.DataFrameSchema, ...],
    context: JudgingContext,
    facts_of: Callable[[str, int], dict[str, Fact]] = lambda *_: {},
) -> None:
    said: dict[tuple[int, str], dict[str, Said]] = {}

    def seen(reading: Reading, record: str, column_id: str) -> str | None:
        key = (id(reading), column_id)
        if key not in said:
            said[key] = reading.values.by_record(sheet_id, column_id)
        one = said[key].get(record)
        return None if one is None else one.seen or one.text or ""

    for rule, row in failures(schemas, records.frame):
        reading, record = records.of[row]
        column_id = _CELL_OF[rule]
        if sheet_id == "communications" and column_id == "held_on":
            column_id = "published_on"
        values = records.frame.loc[row]
        if rule == "more_answered_than_raised" and pd.isna(values["adopted"]):
            column_id = "declined_with_reason"
        day = values.get(column_id)
        facts: dict[str, Fact] = {
            "heading": reading.column(sheet_id, column_id).heading,
            "record": reading.layout(sheet_id).record_name,
            "begins": context.cycle.period_start,
            "ends": context.cycle.period_end,
            **({"day": day.date()} if isinstance(day, pd.Timestamp) else {}),
            **facts_of(rule, row),
        }
        if rule in _WHOLE_OF:
            whole = _WHOLE_OF[rule]
            facts["whole_heading"] = reading.column(sheet_id, whole).heading
            facts["whole_cell"] = reading.cell(sheet_id, record, whole) or ""
            facts["whole"] = seen(reading, record, whole) or ""
        cell, ref = reading.cell(sheet_id, record, column_id), seen(reading, record, "ref")
        reading.find(rule, sheet_id, cell, ref, seen(reading, record, column_id), **facts)


def _find_organisations_of_another_day(
    readings: Sequence[Reading], context: JudgingContext
) -> None:
    """Events that are led by an organisation before it began or after it ended."""
    held = [r for r in readings if r.kind == "engagement"]
    records = records_of(held, "events", {"held_on", "lead_organisation"})
    if records.frame.empty:
        return
    begin, ends, codes = (
        context.organisations[name].tolist()
        for name in ("valid_from", "valid_to", "organisation_id")
    )
    valid: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for code, first, last in zip(codes, begin, ends, strict=True):
        to = pd.Timestamp.max if pd.isna(last) else pd.Timestamp(last)
        valid.setdefault(code, []).append((pd.Timestamp(first), to))
    leads, days = records.frame["lead_organisation"], records.frame["held_on"]
    for (reading, record), code, day in zip(records.of, leads, days, strict=True):
        if pd.isna(code) or pd.isna(day) or code not in valid:
            continue
        on = pd.Timestamp(day)
        if any(first <= on <= last for first, last in valid[code]):
            continue
        lead = context.register.by_id[code]
        now = context.register.answering(lead)
        successor = now if now and now.id != code else None
        reading.find(
            "organisation_of_another_day",
            *("events", reading.cell("events", record, "lead_organisation")),
            *(record, str(code)),
            name=lead.name,
            day=on.date(),
            suggestion=Phrase("now_part_of", {"successor": named(successor)}) if successor else "",
        )


def resolve_attendance(reading: Reading, context: JudgingContext) -> None:
    """Write each count's event and category as they are kept: the event's own spelling of its
    reference, and the category's id. What is on no list stays as it was written."""
    if "attendance" not in reading.sheets:
        return
    refs = {plain(ref): ref for ref in reading.sheets.get("events", {}).get("rows", {})}
    spellings = {
        counted_by: {plain(s): c.id for c in choices for s in (c.id, c.label)}
        | dict.fromkeys(_UNKNOWN_WORDS, UNKNOWN)
        for counted_by, choices in _categories(context).items()
    }

    def as_kept(said: Said, known: str | None) -> Said:
        if known is None or known == said.text:
            return said
        return said._replace(text=known, seen=said.seen or said.text)

    def event(said: Said, _: Said | None) -> Said:
        return as_kept(said, refs.get(plain(said.text)) if said.text else None)

    def category(said: Said, counted_by: Said | None) -> Said:
        of = spellings.get(counted_by.text or "", {}) if counted_by else {}
        return as_kept(said, of.get(plain(said.text)) if said.text else None)

    resolved = reading.values.becoming("attendance", "ref", event)
    reading.values = resolved.becoming("attendance", "category", category, "counted_by")


def _categories(context: JudgingContext) -> dict[str, tuple[Choice, ...]]:
    """What may be counted, by what it is counted by; ethnic groups also as broad groups."""
    lists = code_lists(context.framework, context.places, context.named_in_records, set())
    broad = {g.broad_group_id: g.broad_group_name for g in context.places.ethnic_groups}
    found = {counted_by: lists[name] for counted_by, name in _LISTS.items()}
    found["ethnic_group"] += tuple(Choice(id=i, label=label) for i, label in broad.items())
    return found


def _find_in_attendance(readings: Sequence[Reading], context: JudgingContext) -> None:
    records = records_of(readings, "attendance", _USED["attendance"])
    if records.frame.empty:
        return
    frame, categories = records.frame, _categories(context)
    ids = {counted_by: {c.id for c in cs} | {UNKNOWN} for counted_by, cs in categories.items()}
    of = [id(reading) for reading, _ in records.of]
    events = {
        id(reading): set(reading.sheets["events"]["rows"]) if "events" in reading.sheets else None
        for reading in readings
    }
    counted = ["category", "counted_by", "category_state", "people_state"]
    judged = frame.assign(
        file=of,
        ref_known=[
            missing or events[file] is None or ref in (events[file] or ())
            for file, ref, missing in zip(
                of, frame["ref"].tolist(), frame["ref"].isna().tolist(), strict=True
            )
        ],
        category_known=[
            missing
            or state != "value"
            or category in ids[by]
            or people_state in ("not_collected", "declined")
            for category, by, state, people_state, missing in zip(
                *(frame[name].tolist() for name in counted),
                frame[counted[:2]].isna().any(axis="columns").tolist(),
                strict=True,
            )
        ],
    )
    key = ["file", "ref", "counted_by", "category"]
    judged["is_first"] = ~judged.duplicated(key) | judged[key].isna().any(axis="columns")
    firsts: dict[tuple[Any, ...], int] = {}
    if not judged["is_first"].all():
        for row, at in enumerate(zip(*(judged[name].tolist() for name in key), strict=True)):
            firsts.setdefault(at, row)

    def facts_of(rule: str, row: int) -> dict[str, Fact]:
        reading, _ = records.of[row]
        if rule == "reference_not_among_records":
            earlier = refers_to(reading.layout("attendance"), context.layouts[reading.kind])
            names = sorted(events[id(reading)] or ())
            return {
                "records": reading.name(earlier or "events"),
                "suggestion": suggestion(str(frame["ref"][row]), names),
            }
        if rule == "category_not_on_list":
            labels = [c.label for c in categories[frame["counted_by"][row]]]
            close = _of_another_day(frame["counted_by"][row], str(frame["category"][row]), context)
            close = close or suggestion(str(frame["category"][row]), [*labels, UNKNOWN])
            return {"allowed": allowed(labels), "suggestion": close}
        if rule == "count_given_twice":
            first = records.of[firsts[tuple(judged.loc[row, key])]][1]
            return {"first": reading.cell("attendance", first, "category") or ""}
        return {}

    _find(Records(judged, records.of), "attendance", engagement.attendance(), context, facts_of)
    _find_in_totals(judged, records.of, readings)


def _of_another_day(counted_by: str, written: str, context: JudgingContext) -> Fact:
    """What has become of a category that was on the list, or will be; nothing if it never was."""
    if counted_by == "organisation":
        return became(context.register, written)
    system = context.places.other_system(written) if counted_by == "system" else None
    if system is None:
        return ""
    ended = system.valid_to is not None and system.valid_to < context.cycle.geography_vintage
    if not ended:
        return Phrase("begins_on", {"name": system.name, "day": system.valid_from})
    facts: dict[str, Fact] = {"name": system.name, "day": cast(date, system.valid_to)}
    successor = context.places.successor(system)
    if successor is None:
        return Phrase("ended_on", facts)
    now = Phrase("organisation", {"name": successor.name, "code": successor.id})
    return Phrase("ended_and_part_of", {**facts, "successor": now})


def _find_in_totals(
    judged: pd.DataFrame, of: list[tuple[Reading, str]], readings: Sequence[Reading]
) -> None:
    """Whether no count of an event is larger than the event, and whether all add up to it.

    They must where all are exact and nobody counts twice; where some are not known exactly, the
    others must not come to more.
    """
    held = records_of(readings, "events", {"ref", "attendances", "attendances_qualifier"})
    if held.frame.empty:
        return
    totals = held.frame.assign(
        file=[id(reading) for reading, _ in held.of], event=held.frame["ref"]
    )
    totals = totals[totals["attendances"].notna()]
    larger = _find_larger_parts(judged, of, totals)
    totals = totals[totals["attendances_qualifier"].isna()]
    once = (
        (judged["multiple_responses"] != "yes")
        & judged["is_first"]
        & judged["category_known"]
        & judged["counted_by"].notna()
    )
    exact = once & (judged["people_state"] == "value") & judged["people_qualifier"].isna()
    least = judged["people"].where(
        (judged["people_state"] == "value")
        & ~judged["people_qualifier"].isin([*UPPER_BOUNDS, *ABOUT]),
        0,
    )
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row, key in enumerate(
        zip(judged["file"], judged["ref"], judged["counted_by"], strict=True)
    ):
        groups.setdefault(key, []).append(row)
    by_event = {
        (file, event): total
        for file, event, total in zip(
            totals["file"], totals["event"], totals["attendances"], strict=True
        )
    }
    people, is_exact, is_once = least.tolist(), exact.tolist(), once.tolist()
    kept = [
        (
            rows,
            float(sum(people[row] for row in rows)),
            float(by_event[key[:2]]),
            all(is_exact[row] for row in rows),
        )
        for key, rows in groups.items()
        if key[:2] in by_event
        and all(is_once[row] for row in rows)
        and not larger.intersection(rows)
    ]
    frame = pd.DataFrame(
        [sums for _, *sums in kept], columns=["counted", "total", "all_counted"]
    ).astype({"counted": "float64", "total": "float64", "all_counted": "bool"})
    for rule, place in failures(engagement.attendance_totals(), frame):
        row = kept[place][0][0]
        reading, record = of[row]
        ref = str(judged["ref"][row])
        counted, total = int(frame["counted"][place]), int(frame["total"][place])
        counted_by = next(
            c.label
            for c in reading.column("attendance", "counted_by").choices
            if c.id == judged["counted_by"][row]
        )
        reading.find(
            rule,
            "attendance",
            reading.cell("attendance", record, "people"),
            ref,
            f"{counted_by}: {counted} / {total}",
            counted=counted,
            total=total,
            total_cell=reading.cell("events", ref, "attendances") or "",
            events=reading.name("events"),
            counted_by=counted_by,
        )


def _find_larger_parts(
    judged: pd.DataFrame, of: list[tuple[Reading, str]], totals: pd.DataFrame
) -> set[int]:
    """The rows of attendance that count more people than came to the event."""
    came = totals.rename(
        columns={"attendances": "total", "attendances_qualifier": "total_qualifier"}
    )
    came = came[["file", "event", "total", "total_qualifier"]]
    parts = judged.reset_index(names="place").merge(
        came, left_on=["file", "ref"], right_on=["file", "event"]
    )
    found = set()
    for rule, at in failures(engagement.attendance_parts(), parts):
        row = int(parts["place"][at])
        found.add(row)
        reading, record = of[row]
        ref = str(judged["ref"][row])
        said = reading.values.by_record("attendance", "people")[record]
        total = reading.values.by_record("events", "attendances")[ref]
        reading.find(
            rule,
            "attendance",
            reading.cell("attendance", record, "people"),
            ref,
            said.seen,
            heading=reading.column("attendance", "people").heading,
            whole_heading=reading.column("events", "attendances").heading,
            whole=total.seen or "",
            whole_cell=reading.cell("events", ref, "attendances") or "",
            events=reading.name("events"),
        )
    return found
