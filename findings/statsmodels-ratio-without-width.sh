#!/usr/bin/env bash
# statsmodels 0.15.0: the interval of a ratio of two shares has no width, or complex numbers, where
# both shares are 100 %.
#
# Seen 2026-12-01. How much likelier one group is to be appointed than another is a ratio of shares. With
# 10 of 10 and 12 of 12 the usual interval of `confint_proportions_2indep(compare="ratio")` is 1.0 to
# 1.0: certainty from 22 people, and "log" says the same. method="score" gives two complex numbers. With
# 9 of 10 and 12 of 12 the usual interval is wide, as it should be, and the difference of the same
# shares has an interval of a fifth and more either way. For 0 of 10 and 0 of 12, where the ratio has no
# value, the usual interval is 0.03 to 55. The documentation names "log-adjusted" as the usual method,
# calls the function experimental, and says nothing of shares at either end.
# Why it matters here: the NHS race-equality standards publish such ratios ("relative likelihood"), and
# small organisations do appoint all of ten.
# The product publishes no ratio of shares, and a figure from fewer than ten pairs is not made:
# remi/scoring/agreement.py; tests/scoring/test_agreement.py
# (test_few_pairs_give_a_reason_and_no_figure).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    statsmodels==0.15.0 scipy==1.12.0 numpy==1.26.4 pandas==2.3.3
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

from statsmodels.stats.proportion import confint_proportions_2indep as interval

warnings.simplefilter("ignore")
print({name: version(name) for name in ("statsmodels", "scipy")})
seen = {
    (shares, compare, method): interval(*shares, compare=compare, method=method)
    for shares, compare, method in (
        ((10, 10, 12, 12), "ratio", None),
        ((10, 10, 12, 12), "ratio", "log"),
        ((10, 10, 12, 12), "ratio", "score"),
        ((9, 10, 12, 12), "ratio", None),
        ((10, 10, 12, 12), "diff", None),
        ((0, 10, 0, 12), "ratio", None),
    )
}
for (shares, compare, method), (low, high) in seen.items():
    print("{} of {} and {} of {}".format(*shares), compare, method or "as usual", low, "to", high)
everybody = (10, 10, 12, 12)
assert seen[everybody, "ratio", None] == (1.0, 1.0), "the interval has a width now"
assert seen[everybody, "ratio", "log"] == (1.0, 1.0), "the interval has a width now"
assert isinstance(seen[everybody, "ratio", "score"][1], complex), "the score is a number now"
assert seen[everybody, "diff", None][1] > 0.2
low, high = seen[(9, 10, 12, 12), "ratio", None]
assert high - low > 0.2
assert seen[(0, 10, 0, 12), "ratio", None][1] > 50
PYTHON
