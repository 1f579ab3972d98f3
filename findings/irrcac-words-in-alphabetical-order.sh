#!/usr/bin/env bash
# irrCAC 0.4.4: ratings written as words are weighted in alphabetical order.
#
# Seen 2026-12-01. With weights "ordinal" or "linear" a disagreement counts by how far apart two
# answers are on the scale. Answers given as words ("not", "partly", "mostly", "fully") are put in
# alphabetical order without a word, so "fully" is the lowest and "mostly" lies between "fully" and
# "not". Ten pairs of ratings agree at 0.691 as words and at 0.809 as the numbers that they stand for.
# The documentation advises giving the list of categories where raters left some of them unused. Here
# all are used, and it does not say in what order they are then taken. Giving the list mends it.
# Why it matters here: reviewers' agreement is counted on exactly such words.
# The product counts agreement on the places of the framework's own scale, which is given whole, and
# never on words: remi/scoring/agreement.py; tests/scoring/test_agreement.py
# (test_a_code_that_is_not_on_the_scale_is_refused_with_its_place).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    irrCAC==0.4.4 pandas==2.3.3 numpy==1.26.4 scipy==1.12.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import pandas as pd
from irrCAC.raw import CAC

scale = ["not", "partly", "mostly", "fully"]
numbers = pd.DataFrame({"one": [0, 0, 1, 1, 2, 2, 3, 3, 3, 0], "two": [0, 1, 1, 2, 2, 3, 3, 2, 3, 0]})
words = numbers.map(lambda place: scale[place])


def alpha(ratings: pd.DataFrame, weights: str, **more: list[str]) -> float:
    return CAC(ratings, weights=weights, **more).krippendorff()["est"]["coefficient_value"]


print("irrCAC", version("irrCAC"), "with pandas", pd.__version__)
print("order taken:", CAC(words).categories)
seen = {
    weights: (
        alpha(numbers, weights),
        alpha(words, weights),
        alpha(words, weights, categories=scale),
    )
    for weights in ("identity", "ordinal", "linear")
}
print("Krippendorff's alpha: as numbers, as words, as words with the scale given")
for weights, values in seen.items():
    print(f"  {weights:9}", values)
assert CAC(words).categories == ["fully", "mostly", "not", "partly"]
assert seen == {
    "identity": (0.48993, 0.48993, 0.48993),
    "ordinal": (0.80856, 0.69106, 0.80856),
    "linear": (0.70543, 0.61538, 0.70543),
}, "the figures have changed"
PYTHON
