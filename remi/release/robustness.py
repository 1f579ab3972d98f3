"""The one sentence that says how far stages depend on the rule, where it must be said."""

from __future__ import annotations

from fractions import Fraction

from remi.release.content import Prose, figure, row_key
from remi.release.reading import COMMITMENT, OTHER_RULES, Tables, counts
from remi.scoring.robustness import many_change

ALTERNATIVE, CHANGE, ASSESSED = "alternative", "n_change", "n_assessed"


def depends_on_the_rule(tables: Tables) -> tuple[Prose, ...]:
    """One sentence where more than a quarter of partners would change stage, about the largest.

    Nothing where no rule that was tried changes so many. Withheld rows are not read.
    """
    if OTHER_RULES not in tables:
        return ()
    table = tables[OTHER_RULES]
    shares: dict[int, Fraction] = {}
    for number in range(len(table.rows)):
        found = counts(table, (CHANGE, ASSESSED), number)
        if found and many_change(*found):
            shares[number] = Fraction(*found)
    if not shares:
        return ()
    # Of several alike, the first in the table.
    key = row_key(table, max(shares, key=lambda number: shares[number]))
    return (
        (
            "Stages depend on the rule: with another one (",
            figure(table, ALTERNATIVE, key),
            ") ",
            figure(table, CHANGE, key),
            " of ",
            figure(table, ASSESSED, key),
            " partners would not be at the same stage of ",
            figure(table, COMMITMENT, key),
            "; the table on the rule shows every rule that was tried.",
        ),
    )
