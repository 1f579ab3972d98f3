"""How a value is shown to people. The only place where a published number is rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from schemas.impact import STATUS_MEANING, Holds, Status

NUMERIC = frozenset(Holds) - {Holds.KEY, Holds.TEXT}

_WHOLE = Decimal(1)
_TENTH = Decimal("0.1")
# A share worked out in binary can lie a hair beside the half it stands for: 28.499999999999996.
_BINARY_NOISE = Decimal("0.000000001")

Number = int | Decimal


def rounded(value: float | int | Decimal, holds: Holds) -> Number:
    """The number as published in every format: scores and measures to one decimal, others whole.

    Half is rounded up (away from zero). A percentage or score is never rounded onto an end of its
    range: 99.6% is 99% and 0.3% is 1%, since 100% says all and 0% says none. Raises
    ValueError where a count or stage is not whole.
    """
    exact = Decimal(str(value)).quantize(_BINARY_NOISE, ROUND_HALF_UP)
    if holds in (Holds.SCORE, Holds.MEASURE):
        tenths = exact.quantize(_TENTH, ROUND_HALF_UP)
        if holds is Holds.SCORE:
            return _off_the_ends(tenths, exact, _TENTH)
        if holds is Holds.MEASURE and tenths == tenths.to_integral_value():
            return int(tenths)
        return tenths
    if holds is not Holds.PERCENTAGE and exact != exact.to_integral_value():
        raise ValueError(f"a count or a stage must be a whole number, not {value}")
    whole = exact.quantize(_WHOLE, ROUND_HALF_UP)
    return int(_off_the_ends(whole, exact, _WHOLE) if holds is Holds.PERCENTAGE else whole)


def _off_the_ends(shown: Decimal, exact: Decimal, step: Decimal) -> Decimal:
    """One step back where rounding alone reached 0 or 100."""
    if shown == exact or shown not in (0, 100):
        return shown
    return step if exact > 0 and shown == 0 else 100 - step if 0 < exact < 100 else shown


def number_text(number: Number, holds: Holds) -> str:
    """The number in figures, with thousands separated, a true minus and % where it is a share."""
    figures = f"{abs(number):,}"
    return f"{'−' if number < 0 else ''}{figures}{'%' if holds is Holds.PERCENTAGE else ''}"


def shown(value: float | int | Decimal, holds: Holds) -> str:
    """The number rounded as published, in figures."""
    return number_text(rounded(value, holds), holds)


def symbol(status: str) -> str:
    """What stands in a cell that holds no number, such as [c]."""
    return f"[{Status(status).value}]"


def symbol_meaning(status: str) -> str:
    """The sentence that explains the symbol."""
    return STATUS_MEANING[Status(status)]


def excel_format(holds: Holds) -> str:
    """The spreadsheet number format that shows a rounded number as `number_text` does."""
    return {Holds.SCORE: "#,##0.0", Holds.PERCENTAGE: '0"%"', Holds.MEASURE: "#,##0.##"}.get(
        holds, "#,##0"
    )
