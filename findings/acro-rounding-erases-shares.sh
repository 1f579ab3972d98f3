#!/usr/bin/env bash
# acro 1.0.2 (Python, checks research outputs), mitigation="round": shares and averages become 0.
#
# Seen 2026-12-01. Rounding to base 5 is meant for counts of people. It is applied to every number of
# the table, whatever the number is: a mean stage of 1.96 and a share of 0.32 are printed as 0.0, and
# the output is marked "Rounding automatically applied to nearest 5" for review, as if it were sound.
# Totals are sums of rounded cells: 221 people become 215, though 220 is the nearest 5.
# The documentation of `round_base` says "the base to round to" and does not name the kinds of number.
# Why it matters here: a maturity table is mostly means and shares of a scale from 0 to 5.
# The product rounds by what a column holds, counts of people alone, and a total from the true total:
# remi/disclosure/people.py, remi/release/present.py; tests/disclosure/test_protect.py
# (test_counts_of_organisations_and_events_stay_exact,
# test_counts_of_people_are_withheld_or_rounded_half_up).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    acro==1.0.2 pandas==2.3.3 numpy==1.26.4 statsmodels==0.15.0 scipy==1.12.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import logging
import warnings
from importlib.metadata import version

import pandas as pd
from acro import ACRO

people = {"A": (25, 12, 40), "B": (15, 13, 50), "C": (22, 12, 32)}
rows = [
    (partner, group, place % 5)
    for partner, counts in people.items()
    for group, count in zip(("Asian", "Black", "White"), counts)
    for place in range(count)
]
frame = pd.DataFrame(rows, columns=["partner", "group", "stage"])
warnings.simplefilter("ignore")
print("acro", version("acro"), "with pandas", pd.__version__)
logging.disable(logging.CRITICAL)
session = ACRO()
session.mitigation = "round"
by = (frame["partner"], frame["group"])
means = session.crosstab(*by, values=frame["stage"], aggfunc="mean")
shares = session.crosstab(*by, normalize="index")
counts = session.crosstab(*by, margins=True)
true_means = frame.groupby(["partner", "group"])["stage"].mean()
print("true means of the stage:", true_means.min().round(2), "to", true_means.max().round(2))
print("means as printed by acro:", means.to_numpy().tolist())
print("shares as printed by acro:", shares.to_numpy().tolist())
print("people:", len(frame), "; total as printed by acro:", counts.loc["All", "All"])
notes = {record.exception for record in session.results.results.values()}
print("what the outputs say:", notes)
assert true_means.min() > 1.7
assert (means == 0).all(axis=None), "means are no longer rounded to 0"
assert (shares == 0).all(axis=None), "shares are no longer rounded to 0"
assert (len(frame), counts.loc["All", "All"]) == (221, 215), "the total has changed"
assert notes == {"Rounding automatically applied to nearest 5"}
PYTHON
