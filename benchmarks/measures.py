"""How a measure is printed: one line with name, ours, the peer's or the limit, and the ratio."""


def line(name: str, ours: float, other: float, other_name: str, ratio: float) -> None:
    """Print one measure. `ratio` is how many times ours is the other."""
    print(f"{name:<66} {ours:>10,.4g} {other:>10,.4g} {ratio:>9.3g}x  {other_name}")
