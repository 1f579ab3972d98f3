"""Small groups of organisations can neither be read nor worked out from the lines they are in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remi.disclosure.groups import Group, Key, withheld
from schemas.impact import ALL

SMALLEST = 5
SECTORS = ("trust", "charity", "faith", "funder")
SYSTEMS = ("north", "south", "east")


def summed(cells: dict[Key, Group], *, cross: bool = True) -> dict[Key, Group]:
    """All, each sector, each system and, where asked, each cell: as in the London picture."""
    none = Group(0)
    made = {(ALL, ALL): sum(cells.values(), none)}
    for s in SECTORS:
        made[s, ALL] = sum((g for k, g in cells.items() if k[0] == s), none)
    for y in SYSTEMS:
        made[ALL, y] = sum((g for k, g in cells.items() if k[1] == y), none)
    return {**made, **cells} if cross else made


sizes = st.one_of(st.integers(0, 7), st.integers(0, 30))


@st.composite
def collaborations(draw: st.DrawFn) -> dict[Key, Group]:
    cells = {}
    for sector in SECTORS:
        for system in SYSTEMS:
            n = draw(sizes)
            few = draw(st.sampled_from([0, 0, min(n, 1), n // 2, n]))
            if n or draw(st.booleans()):
                cells[sector, system] = Group(n, few)
    return cells


def lines(groups: dict[Key, Group]) -> list[tuple[Key, list[Key]]]:
    """Written out again, not taken from the code under test."""
    cells = [k for k in groups if ALL not in k]
    sectors = [k for k in groups if k[1] == ALL and k[0] != ALL]
    systems = [k for k in groups if k[0] == ALL and k[1] != ALL]
    found = [((ALL, ALL), sectors), ((ALL, ALL), systems)]
    if cells:
        found += [(s, [c for c in cells if c[0] == s[0]]) for s in sectors]
        found += [(y, [c for c in cells if c[1] == y[1]]) for y in systems]
    return [(total, parts) for total, parts in found if parts]


def safe(n: int, n_not_named: int) -> bool:
    return n >= SMALLEST and (n_not_named == 0 or n_not_named >= SMALLEST)


@given(collaborations())
def test_every_group_that_is_published_is_large_enough(cells: dict[Key, Group]) -> None:
    groups = summed(cells)
    hidden = withheld(groups, SMALLEST)
    for key, group in groups.items():
        if key not in hidden and group.n:
            assert safe(group.n, group.n_not_named), key


@given(collaborations())
def test_withheld_groups_of_a_line_never_total_fewer_than_five_nor_are_one(
    cells: dict[Key, Group],
) -> None:
    for groups in (summed(cells), summed(cells, cross=False)):
        hidden = withheld(groups, SMALLEST)
        for total, parts in lines(groups):
            taken = [groups[p] for p in parts if p in hidden]
            if total in hidden:
                assert taken, "the published parts would add up to the total"
            elif taken:
                assert len(taken) > 1
                assert safe(sum(g.n for g in taken), sum(g.n_not_named for g in taken))


@given(collaborations())
def test_nothing_is_withheld_where_everything_is_large_and_named(cells: dict[Key, Group]) -> None:
    large = {key: Group(group.n + SMALLEST) for key, group in cells.items()}
    assert withheld(summed(large), SMALLEST) == frozenset()


@given(collaborations())
def test_empty_groups_are_never_withheld(cells: dict[Key, Group]) -> None:
    groups = summed(cells)
    assert all(groups[key].n for key in withheld(groups, SMALLEST))


def test_one_tiny_sector_takes_its_smallest_neighbour_with_it() -> None:
    groups = {
        (ALL, ALL): Group(29),
        ("trust", ALL): Group(14),
        ("charity", ALL): Group(12),
        ("faith", ALL): Group(3),
    }
    assert withheld(groups, SMALLEST) == {("faith", ALL), ("charity", ALL)}


def test_one_partner_who_is_not_named_is_not_left_over_by_subtraction() -> None:
    groups = {
        (ALL, ALL): Group(40, 6),
        ("trust", ALL): Group(15, 5),
        ("charity", ALL): Group(13, 1),
        ("faith", ALL): Group(12),
    }
    hidden = withheld(groups, SMALLEST)
    assert ("charity", ALL) in hidden
    assert ("trust", ALL) in hidden, "without it, charity's one would be the only one left"


def test_a_total_with_one_part_is_withheld_with_it() -> None:
    groups = {
        (ALL, ALL): Group(30),
        ("trust", ALL): Group(12),
        ("charity", ALL): Group(12),
        ("faith", ALL): Group(6),
        (ALL, "north"): Group(15),
        (ALL, "south"): Group(15),
        ("trust", "north"): Group(3),
        ("trust", "south"): Group(9),
        ("charity", "north"): Group(12),
        ("faith", "south"): Group(6),
    }
    hidden = withheld(groups, SMALLEST)
    for sector, system in (("charity", "north"), ("faith", "south")):
        assert ((sector, system) in hidden) == ((sector, ALL) in hidden), sector
