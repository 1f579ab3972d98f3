#!/usr/bin/env bash
# acro 1.0.2, suppress=True: the total shrinks by what is hidden, under the heading "All".
#
# Seen 2026-12-01. Cells below the threshold are left blank and the margins are worked out anew
# without them: 197 people become 192. Nothing in the table says that its total is not everybody. An
# option that once decided how totals are made, show_suppressed, is still taken, is called deprecated
# in the docstring, and does nothing: both settings print 192. The docstring of margins says "Add
# row/column margins (subtotals)" and no more.
# Why it matters here: a national total that is too small is a wrong number, and readers take the
# printed total as the denominator of every share.
# The product makes totals from everybody, rounds them, and withholds a total rather than print another
# one: docs/decisions/0005-first-disclosure-rule.md; tests/disclosure/test_groups.py
# (test_a_total_with_one_part_is_withheld_with_it).
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

people = {"A": (25, 12, 40), "B": (15, 0, 50), "C": (20, 5, 30)}
frame = pd.DataFrame(
    [
        (partner, group)
        for partner, counts in people.items()
        for group, count in zip(("Asian", "Black", "White"), counts)
        for _ in range(count)
    ],
    columns=["partner", "group"],
)
warnings.simplefilter("ignore")
print("acro", version("acro"), "with pandas", pd.__version__)
logging.disable(logging.CRITICAL)
session = ACRO(suppress=True)
printed = {
    shown: session.crosstab(
        frame["partner"], frame["group"], margins=True, show_suppressed=shown
    )
    for shown in (False, True)
}
print(printed[True])
print("people:", len(frame), "; total as printed:", printed[True].loc["All", "All"])
assert pd.isna(printed[True].loc["C", "Black"]), "the 5 people of C are no longer hidden"
assert (len(frame), printed[True].loc["All", "All"]) == (197, 192), "the total has changed"
assert printed[True].equals(printed[False]), "show_suppressed makes a difference now"
PYTHON
