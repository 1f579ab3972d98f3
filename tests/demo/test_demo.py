"""The invented collaboration is believable, plainly invented, and the same each time."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from demo_samples import KEY, WrittenDemo, settings_in

from remi.configuration import Configuration
from remi.demo.answers import THIN, Filling, assessment_answers
from remi.demo.collaboration import content_of, cycle_deliveries, write_demo
from remi.demo.engagement import engagement_records
from remi.demo.faults import ANOTHER_ORGANISATIONS_TEMPLATE, FAULTS, LAST_YEARS_TEMPLATE
from remi.demo.partners import HOST, PARTNERS, partner, register, register_csv
from remi.demo.schedule import Delivery
from remi.intake.judging.context import judging_context
from remi.intake.locating.personal_data import personal_details
from remi.intake.verdict import Judged, judge
from remi.store.register import as_at, read_register, split_systems
from schemas.intake import Received

CYCLES = ("2023-24", "2024-25", "2025-26")

REAL_TRUSTS = frozenset(
    re.findall(
        "[A-Z0-9]+",
        """R1H R1K RAL RAN RAP RAS RAT RAX RF4 RJ1 RJ2 RJ6 RJ7 RJZ RKE RKL RNK RP4 RP6 RPG RPY
        RQM RQX RQY RRP RRU RRV RV3 RV5 RVR RWK RY9 RYJ RYX TAF""",
    )
)
"""Codes of London's trusts, as they are published."""

FOUND_BY = {
    "label_not_on_list": "answer_not_on_list",
    "error_in_cell": "error_in_cell",
    "date_that_does_not_exist": "date_not_a_date",
    "text_in_number": "number_expected",
    "unknown_code": "organisation_code_unknown",
    "code_and_name_disagree": "organisation_code_and_name_disagree",
    "reference_twice": "reference_duplicated",
    "row_deleted": "reference_missing",
    "sorted_and_hidden_rows": "rows_hidden",
    "sheet_renamed": "sheet_renamed",
    "csv_renamed": "file_is_csv",
    "password_protected": "file_is_password_protected",
    "truncated": "file_did_not_arrive_whole",
    "strict_save": "saved_as_strict",
    "far_cell": "not_our_workbook",
    "empty": "file_empty",
    "personal_data": "personal_data_found",
    "no_action_point": "action_point_missing",
    LAST_YEARS_TEMPLATE: "last_years_template",
    ANOTHER_ORGANISATIONS_TEMPLATE: "other_organisations_template",
}

STILL_ACCEPTED = {"sorted_and_hidden_rows", "sheet_renamed", "strict_save"}


def test_no_partner_bears_a_code_that_could_be_real() -> None:
    for one in PARTNERS:
        assert re.fullmatch(r"DEMO-[A-Z][0-9]{2}(-[A-Z]{2})?", one.organisation_id)
        assert not {one.organisation_id, *one.organisation_id.split("-")} & REAL_TRUSTS


def test_no_partner_is_named_after_a_real_place(configuration: Configuration) -> None:
    places = configuration.places(configuration.cycles.get("2025-26"))
    real = {
        word.lower()
        for name in [*(b.name for b in places.boroughs), *(s.name for s in places.systems)]
        for word in name.split()
        if word[0].isupper()
    }
    for one in PARTNERS:
        assert not {word.strip(":").lower() for word in one.name.split()} & real, one.name


def test_the_register_file_is_read_back_as_the_register(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(register_csv(), encoding="utf-8")
    assert read_register(file).equals(register())


def test_every_place_of_the_register_is_on_the_reference_lists(
    tmp_path: Path, configuration: Configuration
) -> None:
    file = tmp_path / "register.csv"
    file.write_text(register_csv(), encoding="utf-8")
    cycles = configuration.cycles.cycles
    vintages = [(cycle.closes, configuration.places(cycle)) for cycle in cycles]
    assert read_register(file, vintages).equals(register())


@pytest.mark.parametrize("cycle_id", CYCLES)
def test_every_sector_and_system_occurs_in_every_cycle(
    configuration: Configuration, cycle_id: str
) -> None:
    cycle = configuration.cycles.get(cycle_id)
    places = configuration.places(cycle)
    valid = as_at(register(), cycle.closes)
    assert set(valid["sector"]) == {sector.id for sector in places.sectors}
    assert set(valid["lead_system"]) == {system.id for system in places.systems}


def test_a_partner_of_a_system_that_merged_goes_on_in_its_successor() -> None:
    rows = {
        day: as_at(register(), day).set_index("organisation_id")
        for day in (date(2026, 3, 31), date(2026, 4, 1))
    }
    before, after = rows.values()
    assert before.index.tolist() == after.index.tolist()
    assert before.loc["DEMO-H01", "systems"] == "QKK;QMF;QMJ;QRV;QWE"
    assert after.loc["DEMO-H01", "systems"] == "QKK;QMF;Z9B2Z;QWE"
    assert after.loc["DEMO-T04", ["lead_system", "systems"]].tolist() == ["Z9B2Z", "Z9B2Z"]


def test_the_register_has_the_cases_that_are_easily_got_wrong(
    configuration: Configuration,
) -> None:
    first, second, third = (configuration.cycles.get(cycle_id).closes for cycle_id in CYCLES)
    everyone = register()
    each = everyone.drop_duplicates("organisation_id")
    assert sum(len(split_systems(systems)) > 1 for systems in each["systems"]) >= 2
    departments = each[each["unit_type"] == "department"]
    assert departments["parent_id"].tolist() == ["DEMO-T04"]
    assert Counter(each["joint_group"].dropna()) == {"pair": 2}
    assert 3 <= (~each["agreed_to_be_named"].astype(bool)).sum() <= 10
    codes = [set(as_at(everyone, day)["organisation_id"]) for day in (first, second, third)]
    assert codes[1] - codes[0] == {"DEMO-V10"}
    assert codes[1] - codes[2] == {"DEMO-T11"}
    merged = everyone[everyone["organisation_id"] == "DEMO-T11"]
    assert set(merged["successor_id"]) <= codes[2]


def test_every_fault_is_sent_in_some_cycle(configuration: Configuration) -> None:
    sent = {d.fault for c in CYCLES for d in cycle_deliveries(configuration, c)} - {None}
    assert sent == {*FAULTS, LAST_YEARS_TEMPLATE, ANOTHER_ORGANISATIONS_TEMPLATE}


@pytest.mark.parametrize("cycle_id", CYCLES)
def test_a_cycle_is_as_mixed_as_a_real_collection(
    configuration: Configuration, cycle_id: str
) -> None:
    cycle = configuration.cycles.get(cycle_id)
    arriving = cycle_deliveries(configuration, cycle_id)
    expected = set(as_at(register(), cycle.closes)["organisation_id"])
    returning = {d.organisation_id for d in arriving}
    assert returning < expected
    assert 10 <= 100 * len(expected - returning) / len(expected) <= 15
    assert len({d.file_name for d in arriving}) == len(arriving)
    assert [d.arrives_at for d in arriving] == sorted(d.arrives_at for d in arriving)
    assert all(cycle.opens <= d.arrives_at.date() <= cycle.closes for d in arriving)
    assert Counter(d.content for d in arriving)["letter"] == 1
    assert [d.organisation_id for d in arriving if d.content == "engagement"] == [HOST]

    last = {d.organisation_id: d for d in arriving if d.content == "assessment"}
    uncorrected = {d.fault for d in last.values()} - {None} - STILL_ACCEPTED
    assert len(uncorrected) == 1
    corrected = [d for d in arriving if d.fault and last[d.organisation_id].fault is None]
    assert len(corrected) >= 4
    assert all(d.arrives_at < last[d.organisation_id].arrives_at for d in corrected)
    assert sum(d.revised for d in arriving) == 1


def test_the_files_arrive_at_their_times(
    configuration: Configuration, third_year: WrittenDemo
) -> None:
    folder = third_year.settings.inbox / "2025-26"
    planned = cycle_deliveries(configuration, "2025-26")
    assert {file.name for file in folder.iterdir()} == {d.file_name for d in planned}
    for delivery in planned:
        written = (folder / delivery.file_name).stat().st_mtime
        assert written == delivery.arrives_at.timestamp()
    assert third_year.summary.written == len(planned)
    assert third_year.progress == [(n, len(planned)) for n in range(1, len(planned) + 1)]


def test_writing_it_again_changes_nothing(
    configuration: Configuration, third_year: WrittenDemo
) -> None:
    before = _state(third_year.settings.home)
    again = write_demo(third_year.settings, configuration, ["2025-26"])
    assert again.written == 0
    assert again.deliveries == third_year.summary.deliveries
    assert {p: s for p, s in _state(third_year.settings.home).items() if p in before} == before


def test_the_same_seed_gives_the_same_bytes_in_another_process(
    configuration: Configuration, third_year: WrittenDemo
) -> None:
    planned = cycle_deliveries(configuration, "2025-26")
    chosen = [d for d in planned if d.fault or d.content != "assessment"] + planned[:4]
    for delivery in chosen:
        file = third_year.settings.inbox / delivery.cycle / delivery.file_name
        assert content_of(configuration.folder, KEY.encode(), delivery) == file.read_bytes()


def test_one_partner_sends_the_same_bytes_twice(third_year: WrittenDemo) -> None:
    files = (third_year.settings.inbox / "2025-26").iterdir()
    copies = Counter(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    assert sorted(copies.values())[-2:] == [1, 2]


def test_it_is_never_mixed_with_another_register(
    configuration: Configuration, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    settings.register.write_text("somebody's own partners\n", encoding="utf-8")
    with pytest.raises(FileExistsError, match="another partner register"):
        write_demo(settings, configuration, ["2025-26"])
    assert not settings.inbox.exists()


def test_nothing_that_is_written_identifies_a_person(configuration: Configuration) -> None:
    texts = [
        value
        for filling in _fillings(configuration)
        for cells in (
            filling.form,
            *filling.indicators.values(),
            *(record for records in filling.records.values() for record in records),
        )
        for value in cells.values()
        if isinstance(value, str)
    ]
    assert len(texts) > 10_000
    assert [text for text in texts if personal_details(text) or "@" in text] == []


def test_one_partner_answers_less_than_four_fifths_in_the_second_year(
    configuration: Configuration,
) -> None:
    so_far = configuration.cycles.cycles[:2]
    framework = configuration.framework(so_far[-1])
    who = partner(THIN)
    asked = sum(framework.applies(i, who.sector) for _, i in framework.indicators())
    filling = assessment_answers(framework, who, None, so_far, so_far[-1].closes)
    assert 0 < 5 * len(filling.indicators) < 4 * asked


@pytest.mark.parametrize("cycle_id", CYCLES)
def test_every_fault_is_found_and_every_other_return_is_accepted(
    configuration: Configuration, cycle_id: str
) -> None:
    planned = cycle_deliveries(configuration, cycle_id)
    # Every faulty file, and of the others enough to show that they are good.
    chosen = [d for d in planned if d.fault] + [d for d in planned if not d.fault][::5]
    judged = _judged(configuration, cycle_id, chosen)
    for place, delivery in enumerate(chosen):
        verdict = judged.verdict_of(f"{cycle_id}-{place}")
        rules = {problem.rule for problem in verdict.problems}
        must_fix = {p.rule for p in verdict.problems if p.severity == "must_fix"}
        if delivery.content == "letter":
            assert rules == {"file_is_pdf"}
        elif delivery.fault is None:
            assert must_fix == set(), delivery
            assert verdict.outcome == "accepted"
            assert verdict.organisation_id == delivery.organisation_id
        else:
            assert FOUND_BY[delivery.fault] in rules, delivery
            accepted = delivery.fault in STILL_ACCEPTED
            assert (verdict.outcome == "accepted") is accepted
            assert must_fix == (set() if accepted else {FOUND_BY[delivery.fault]})


def _judged(configuration: Configuration, cycle_id: str, chosen: list[Delivery]) -> Judged:
    cycle = configuration.cycles.get(cycle_id)
    key = KEY.encode()
    context = judging_context(
        configuration, cycle, as_at(register(), cycle.closes), key, cycle.closes
    )
    files = []
    for place, delivery in enumerate(chosen):
        content = content_of(configuration.folder, key, delivery)
        sha256 = hashlib.sha256(content).hexdigest()
        name = delivery.file_name
        files.append(Received(f"{cycle_id}-{place}", cycle_id, sha256, name, content))
    return judge(files, context)


def _fillings(configuration: Configuration) -> Iterator[Filling]:
    """Everything that is written in three years, before it is in workbooks."""
    for years in range(1, len(CYCLES) + 1):
        so_far = configuration.cycles.cycles[:years]
        framework, places = configuration.framework(so_far[-1]), configuration.places(so_far[-1])
        for who in PARTNERS:
            parent = partner(who.parent_id) if who.parent_id else None
            yield assessment_answers(framework, who, parent, so_far, so_far[-1].closes)
        codes = [who.organisation_id for who in PARTNERS]
        yield engagement_records(framework, places, codes, so_far[-1], so_far[-1].closes)


def _state(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        file.relative_to(folder).as_posix(): (
            file.stat().st_mtime_ns,
            hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        for file in folder.rglob("*")
        if file.is_file()
    }
