"""What matters most, once more on PostgreSQL: the same promises, the same pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from portal_samples import Running, serving
from postgresql_server import empty_database
from test_inviting import test_whoever_loses_a_role_is_out_at_once
from test_partner_pages import (
    test_a_newer_file_takes_the_place_of_a_signed_one_only_when_it_is_signed,
    test_a_return_counts_when_its_lead_has_signed_it_off_and_not_before,
    test_an_explanation_stays_while_the_entry_stays_as_it_is,
    test_the_pipeline_comes_to_the_same_verdict_as_the_portal,
    test_the_same_bytes_from_their_own_organisation_count_all_the_same,
    test_the_same_bytes_twice_give_the_same_receipt,
)
from test_signing_in import (
    test_after_a_few_wrong_codes_the_right_one_is_refused,
    test_opening_the_link_does_nothing_and_its_button_signs_in_once,
)
from test_while_a_run_judges import (
    test_a_newer_return_that_is_signed_off_while_a_run_judges_takes_the_place_of_the_one_before,
    test_a_return_that_is_sent_and_signed_off_while_a_run_judges_counts,
    test_a_return_that_is_signed_off_while_a_run_judges_it_counts,
)

__all__ = [
    "test_a_newer_file_takes_the_place_of_a_signed_one_only_when_it_is_signed",
    "test_a_newer_return_that_is_signed_off_while_a_run_judges_takes_the_place_of_the_one_before",
    "test_a_return_counts_when_its_lead_has_signed_it_off_and_not_before",
    "test_a_return_that_is_sent_and_signed_off_while_a_run_judges_counts",
    "test_a_return_that_is_signed_off_while_a_run_judges_it_counts",
    "test_after_a_few_wrong_codes_the_right_one_is_refused",
    "test_an_explanation_stays_while_the_entry_stays_as_it_is",
    "test_opening_the_link_does_nothing_and_its_button_signs_in_once",
    "test_the_pipeline_comes_to_the_same_verdict_as_the_portal",
    "test_the_same_bytes_from_their_own_organisation_count_all_the_same",
    "test_the_same_bytes_twice_give_the_same_receipt",
    "test_whoever_loses_a_role_is_out_at_once",
]


@pytest.fixture
def running(tmp_path: Path, postgresql_folder: Path) -> Iterator[Running]:
    """As in the other tests of this room, but on PostgreSQL."""
    with (
        empty_database(postgresql_folder) as database_url,
        serving(tmp_path / "home", database_url=database_url) as made,
    ):
        yield made
