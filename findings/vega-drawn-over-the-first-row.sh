#!/usr/bin/env bash
# vl-convert-python 1.9.0.post1 (Vega-Lite, by altair 6.3.0): what an axis does not list is drawn on
# top of what it lists first; what a legend does not list is drawn black.
#
# Seen 2026-12-01. An axis may be given its names ("domain"), so that rows keep an order. A bar whose
# name is not among them is not left out and no error is raised: it is drawn at the very edge of the
# chart, over the first name's bar, full length. A bar whose colour category is not in the scale's
# domain is drawn without a fill, which SVG shows as black, and the legend has no black.
# The documentation of "domain" says that it customises the values of the scale and does not say what
# becomes of other values.
# Why it matters here: a partner that joins, or an answer "declined" that a list of colours forgot,
# shows as somebody else's bar in a leaders' chart.
# The product works out every place itself on scales of plain numbers, leaves nothing to names, and
# draws only rows of the table beside it: remi/release/drawing.py; tests/release/test_release_charts.py
# (test_every_count_is_written_once_and_none_covers_another).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    altair==6.3.0 vl-convert-python==1.9.0.post1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import re
from importlib.metadata import version

import altair
import pandas as pd
import vl_convert


def bars(chart: altair.Chart) -> dict[str, tuple[str, str]]:
    """What each bar is of: where its path starts, and its fill."""
    drawn = re.findall(r'<path aria-label="([^"]*)"([^>]*)>', vl_convert.vegalite_to_svg(chart.to_dict()))
    found = {}
    for label, rest in drawn:
        place, fill = re.search(r' d="M([^hv]*)', rest), re.search(r' fill="([^"]*)"', rest)
        found[label] = (place.group(1), fill.group(1) if fill else "none, which is black")
    return found


frame = pd.DataFrame({"partner": ["B", "C", "A"], "answer": ["met", "met", "declined"], "n": [2, 3, 9]})
axis = altair.Y("partner:N", scale=altair.Scale(domain=["B", "C"]))
colours = altair.Scale(domain=["met", "not met"], range=["#005eb8", "#f46a25"])
placed = bars(altair.Chart(frame).mark_bar(color="#005eb8").encode(x="n:Q", y=axis))
coloured = bars(
    altair.Chart(frame).mark_bar().encode(
        x="n:Q", y="partner:N", color=altair.Color("answer:N", scale=colours)
    )
)
print({name: version(name) for name in ("vl-convert-python", "altair")})
for label, (place, _) in placed.items():
    print(f"axis of B and C; the bar of {label!r} starts at {place}")
for label, (_, fill) in coloured.items():
    print(f"colours of met and not met; the bar of {label!r} is filled with {fill}")
tops = {label.rsplit(": ", 1)[1]: float(place.split(",")[1]) for label, (place, _) in placed.items()}
assert tops["A"] <= tops["B"] < tops["C"] and tops["B"] - tops["A"] < 5, "A is not over B now"
fills = {label.rsplit(": ", 1)[1]: fill for label, (_, fill) in coloured.items()}
assert fills == {"met": "#005eb8", "declined": "none, which is black"}, "the fills have changed"
PYTHON
