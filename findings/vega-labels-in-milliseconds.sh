#!/usr/bin/env bash
# vl-convert-python 1.9.0.post1 (Vega-Lite, by altair 6.3.0): what a screen reader is told of a bar is
# "1743465600000" and "NaN%", where the axis shows a date and no bar.
#
# Seen 2026-12-01. Each mark of the SVG has a label that is read out. With dates as separate places
# (a time unit on an ordinal axis, as bars of months are drawn) the label holds the date as
# milliseconds since 1970, though the axis beside it says "Apr 2025"; on a continuous axis it holds the
# date. In bars stacked to 100 % a group without anybody is read out as "NaN%" for each part, where
# nothing is drawn. No warning, and axe finds nothing wrong: a label is there.
# The documentation of "aria" and "description" says that labels are made from the encodings.
# Why it matters here: published charts must be usable with a screen reader.
# The product hides the drawing from screen readers and gives a sentence and the table beside it, with
# words for what is not known: remi/release/drawing.py; tests/release/test_release_page.py
# (test_charts_are_hidden_from_screen_readers_and_their_numbers_are_not).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    altair==6.3.0 vl-convert-python==1.9.0.post1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
TZ=UTC "$folder/venv/bin/python" - <<'PYTHON'
import re
from importlib.metadata import version

import altair
import pandas as pd
import vl_convert


def labels(chart: altair.Chart) -> list[str]:
    return re.findall(r'<path aria-label="([^"]*)"', vl_convert.vegalite_to_svg(chart.to_dict()))


months = pd.DataFrame({"month": pd.to_datetime(["2025-04-01", "2025-05-01"]), "events": [3, 5]})
bars = altair.Chart(months).mark_bar()
separate = labels(bars.encode(x=altair.X("yearmonth(month):O"), y="events:Q"))
continuous = labels(bars.encode(x=altair.X("yearmonth(month):T"), y="events:Q"))
parts = pd.DataFrame(
    {"partner": ["A", "A", "B", "B"], "answer": ["met", "not met"] * 2, "n": [2, 3, 0, 0]}
)
share = altair.X("n:Q", stack="normalize")
stacked = labels(altair.Chart(parts).mark_bar().encode(x=share, y="partner:N", color="answer:N"))
print({name: version(name) for name in ("vl-convert-python", "altair")})
print("months as separate places:", separate)
print("months on a continuous axis:", continuous)
print("parts of nobody:", stacked[2:])
assert "1743465600000" in separate[0], "the month is told in words now"
assert "2025" in continuous[0]
assert "40%" in stacked[0] and all("NaN%" in label for label in stacked[2:]), "no NaN now"
PYTHON
