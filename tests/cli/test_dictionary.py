"""The data dictionary in the tree is the one that the program writes."""

from __future__ import annotations

from remi import configuration
from remi.dictionary import data_dictionary
from remi.settings import CHECKOUT, Settings


def test_the_data_dictionary_is_what_configuration_and_schemas_say() -> None:
    """After a wanted change: `make dictionary`."""
    loaded = configuration.load(Settings.from_environment().config)
    written = (CHECKOUT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(loaded, loaded.cycles.cycles[-1])
