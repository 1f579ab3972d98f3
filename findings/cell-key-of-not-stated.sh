#!/usr/bin/env bash
# cell-key-perturbation 3.1.0 (ONS): people whose group is missing all share the cell key 0.
#
# Seen 2026-12-01. The noise of a cell is looked up by its cell key, the sum of its people's record
# keys. Cells are counted with missing groups kept, keys are summed with missing groups dropped, and
# what has no key is given 0. So cells of a missing group ("not stated", "declined") get a noise that
# depends on their count alone: equal counts always get equal noise, which a key is there to prevent.
# The same people under the written group "Not stated" get keys of their own.
# The package prints "consider removing frequencies for missing values" and says nothing of keys; its
# docstring says that keys make the noise of a cell consistent. (It also needs pandas without
# declaring it, hence the pin below.)
# Why it matters here: ethnicity that was not stated is one of the largest groups in such data.
# The product has no missing group: every count names its category, "unknown" among them, and one
# without is an error with its cell: config/engagement.yaml, schemas/engagement.py;
# tests/impact/test_engagement_tables.py
# (test_ethnic_groups_are_added_up_to_broad_groups_with_unknown_last).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    cell-key-perturbation==3.1.0 pandas==2.3.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import contextlib
import io
import itertools
from importlib.metadata import version

import numpy as np
import pandas as pd
from cell_key_perturbation.create_perturbed_table import create_perturbed_table

random = np.random.default_rng(7)
size = 4000
groups = np.array(["Asian", "Black", "White", None], dtype=object)
frame = pd.DataFrame(
    {
        "partner": random.choice(list("ABCDEFGH"), size),
        "group": random.choice(groups, size, p=[0.3, 0.2, 0.4, 0.1]),
        "key": random.integers(0, 256, size),
    }
)
noise = pd.DataFrame(
    list(itertools.product(range(1, 751), range(256))), columns=["pcv", "ckey"]
)
noise["pvalue"] = noise["ckey"] % 5 - 2


def keys_of(people: pd.DataFrame) -> list[int]:
    with contextlib.redirect_stdout(io.StringIO()):
        table = create_perturbed_table(people, noise, ["partner"], ["group"], "key")
    not_stated = table["group"].isna() | (table["group"] == "Not stated")
    return table.loc[not_stated, "ckey"].tolist()


missing = keys_of(frame)
written = keys_of(frame.fillna({"group": "Not stated"}))
print("cell-key-perturbation", version("cell-key-perturbation"), "with pandas", pd.__version__)
print("cell keys of eight partners' people whose group is missing:   ", missing)
print("cell keys of the same people, whose group says 'Not stated':  ", written)
assert missing == [0] * 8, "missing groups have keys now"
assert len(set(written)) == 8
PYTHON
