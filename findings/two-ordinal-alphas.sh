#!/usr/bin/env bash
# irrCAC 0.4.4 and krippendorff 0.9.0: "Krippendorff's alpha, ordinal" is two different figures.
#
# Seen 2026-12-01. On the same ten pairs of ratings one library says 0.809 and the other 0.846. Both
# call it Krippendorff's alpha and ordinal, and for unordered categories they agree to the last digit.
# irrCAC weights two ratings by how many categories lie between them; krippendorff by how many
# ratings lie between them, as Krippendorff defines the ordinal difference: how far "partly" is from
# "fully" depends on how often others said "mostly". Neither documentation names the other
# meaning. 0.8 is the usual threshold for "reliable": here both pass, elsewhere one may not.
# Why it matters here: the agreement of reviewers is quoted in the report's method.
# The product takes Krippendorff's own ordinal difference, names its source, and is held to his worked
# data: remi/scoring/agreement.py; tests/scoring/test_agreement.py
# (test_alpha_of_the_published_reference_data).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    irrCAC==0.4.4 krippendorff==0.9.0 pandas==2.3.3 numpy==1.26.4 scipy==1.12.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import krippendorff
import pandas as pd
from irrCAC.raw import CAC

pairs = pd.DataFrame({"one": [0, 0, 1, 1, 2, 2, 3, 3, 3, 0], "two": [0, 1, 1, 2, 2, 3, 3, 2, 3, 0]})
more = pd.concat([pairs, pd.DataFrame({"one": [1] * 20, "two": [1] * 20})], ignore_index=True)


def both(ratings: pd.DataFrame, of_irrcac: str, of_krippendorff: str) -> tuple[float, float]:
    estimate = CAC(ratings, weights=of_irrcac).krippendorff()["est"]["coefficient_value"]
    other = krippendorff.alpha(ratings.T.to_numpy(), level_of_measurement=of_krippendorff)
    return round(estimate, 4), round(float(other), 4)


print("irrCAC", version("irrCAC"), "and krippendorff", version("krippendorff"))
nominal = both(pairs, "identity", "nominal")
interval = both(pairs, "quadratic", "interval")
ordinal = both(pairs, "ordinal", "ordinal")
print("unordered:", nominal, " interval:", interval, " ordinal:", ordinal)
print("ordinal, with twenty more pairs that agree:", both(more, "ordinal", "ordinal"))
assert nominal[0] == nominal[1] and interval[0] == interval[1]
assert ordinal == (0.8086, 0.8459), "the ordinal figures have changed"
PYTHON
