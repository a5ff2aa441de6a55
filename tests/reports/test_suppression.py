"""Nobody can work out a group under five: not by adding and subtracting, not by trying all that fits (decision 0023).

The attackers here know nothing of how sums are chosen, but for the last one, who knows all of it.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.reports.suppression import SMALLEST, Branch, publish

Shape = tuple["Shape", ...]
"""A tree without its numbers; a leaf has no branches."""
Key = tuple[int, ...]

LEAF: Shape = ()
SHAPES: list[Shape] = [
    (LEAF, LEAF),
    (LEAF, LEAF, LEAF),
    ((LEAF, LEAF), LEAF),
    (LEAF, (LEAF, LEAF, LEAF)),
    ((LEAF, LEAF), (LEAF, LEAF)),
    (((LEAF, LEAF), LEAF), LEAF),
]
TREES = st.recursive(
    st.integers(0, 12), lambda below: st.lists(below, min_size=1, max_size=4).map(tuple), max_leaves=24
).map(lambda tree: tree if isinstance(tree, tuple) else (tree,))
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def grown(numbers: object, key: Key = ()) -> Branch:
    """A tree of nested numbers; everybody in it is another person."""
    if isinstance(numbers, tuple):
        return Branch(key, tuple(grown(below, (*key, place)) for place, below in enumerate(numbers)))
    assert isinstance(numbers, int)
    return Branch(key, entries=tuple((key, person) for person in range(numbers)))


def leaves(branch: Branch) -> list[Branch]:
    return [leaf for child in branch.children for leaf in leaves(child)] if branch.children else [branch]


def branches(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        yield from branches(child)


def filled(shape: Shape, numbers: Iterator[int], key: Key = ()) -> Branch:
    if not shape:
        return Branch(key, entries=tuple((key, person) for person in range(next(numbers))))
    return Branch(key, tuple(filled(below, numbers, (*key, place)) for place, below in enumerate(shape)))


def size(groups: Collection[Branch]) -> int:
    return sum(len(leaf.entries) for leaf in groups)


# What is shown


@given(TREES)
@QUICK
def test_no_sum_under_five_is_shown_and_what_is_shown_is_right(numbers: object) -> None:
    root = grown(numbers)
    seen = publish(root)
    assert all(number >= SMALLEST for number in seen.values())
    for branch in branches(root):
        assert branch.key not in seen or seen[branch.key] == size(leaves(branch))
        assert branch.key in seen or not any(below.key in seen for below in branches(branch))


def test_large_groups_are_shown_and_a_small_one_takes_its_neighbour_along() -> None:
    assert publish(grown((44, 36, 10, 4))).keys() == {(), (0,), (1,)}
    assert publish(grown((4, 44, 36, 10))).keys() == {(), (2,), (3,)}
    assert publish(grown((44, 36, 10))).keys() == {(), (0,), (1,), (2,)}
    assert publish(grown((2, 1, 1))) == {}
    assert publish(grown((5,))) == {(): 5, (0,): 5}
    assert publish(grown((9, 0))) == {(): 9}, "zero is hidden like one to four"


def test_five_events_of_one_person_are_no_group() -> None:
    often = Branch("often", entries=("Kari",) * 9)
    many = Branch("many", entries=("Ola", "Anne", "Per", "Siv", "Are"))
    assert publish(Branch("all", (often, many))) == {"all": 14}


# Adding and subtracting


Sum = dict[Hashable, int]
"""The cells that are added up, each with its factor. Factors count modulo a prime: exact enough, and quick."""
PRIME = 2**61 - 1


def without(row: Sum, system: dict[Hashable, Sum]) -> Sum:
    """What is left of a sum when all that is known has been taken away from it."""
    left = dict(row)
    for lead, known in system.items():
        factor = left.get(lead, 0)
        if factor:
            for cell, value in known.items():
                left[cell] = (left.get(cell, 0) - factor * value) % PRIME
    return {cell: value for cell, value in left.items() if value}


def solved(sums: Iterable[Collection[Hashable]]) -> dict[Hashable, Sum]:
    """A system of equations with one cell of its own for each (Gauss)."""
    system: dict[Hashable, Sum] = {}
    for cells in sums:
        left = without(dict.fromkeys(cells, 1), system)
        if left:
            lead, value = next(iter(left.items()))
            inverse = pow(value, -1, PRIME)
            system[lead] = {cell: factor * inverse % PRIME for cell, factor in left.items()}
    return system


def follows(cells: Collection[Hashable], system: dict[Hashable, Sum]) -> bool:
    """Whether a sum is some combination of the sums that are known."""
    return not without(dict.fromkeys(cells, 1), system)


@given(TREES)
@QUICK
def test_no_sum_of_shown_sums_is_a_group_under_five(numbers: object) -> None:
    """Parents minus children and everything else that is linear: all small branches, and all small sets of them."""
    root = grown(numbers)
    seen = publish(root)
    system = solved([leaf.key for leaf in leaves(branch)] for branch in branches(root) if branch.key in seen)
    for branch in branches(root):
        siblings = [leaves(child) for child in branch.children]
        for some in (many for n in range(1, 4) for many in combinations(siblings, n)):
            group = [leaf for one in some for leaf in one]
            if size(group) < SMALLEST:
                assert not follows([leaf.key for leaf in group], system), (numbers, [leaf.key for leaf in group])


# Trying everything


def totals_of(shape: Shape) -> list[tuple[Hashable, tuple[int, ...]]]:
    """The sums of a tree: key, and the places of the leaves that it adds up."""
    root = filled(shape, iter(int, 1))
    places = {leaf.key: place for place, leaf in enumerate(leaves(root))}
    return [(branch.key, tuple(places[leaf.key] for leaf in leaves(branch))) for branch in branches(root)]


def worlds(shape: Shape, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to fill a tree with at most so many people."""
    for numbers in product(range(most + 1), repeat=len(leaves(filled(shape, iter(int, 1))))):
        if sum(numbers) <= most:
            yield numbers


def groups_of(count: int) -> list[tuple[int, ...]]:
    return [group for n in range(1, count + 1) for group in combinations(range(count), n)]


@pytest.mark.rest  # many numbers
def test_who_tries_all_numbers_that_fit_the_pages_cannot_tell_a_group_under_five_from_a_larger_one() -> None:
    """Bounds as a linear program would find them, found by trying: from zero to five or more, for each small group."""
    for shape in SHAPES:
        sums = totals_of(shape)
        by_total: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for numbers in worlds(shape, 12):
            by_total[sum(numbers)].append(numbers)
        asked: dict[tuple[tuple[Hashable, int], ...], list[tuple[int, ...]]] = {}
        for numbers in (numbers for total in (5, 9, 12) for numbers in by_total[total]):
            seen = publish(filled(shape, iter(numbers)))
            assert seen
            shown = tuple(sorted(seen.items(), key=repr))
            if shown not in asked:
                asked[shown] = [
                    other
                    for other in by_total[sum(numbers)]
                    if all(sum(other[p] for p in places) == seen[key] for key, places in sums if key in seen)
                ]
            for group in groups_of(len(numbers)):
                if sum(numbers[place] for place in group) < SMALLEST:
                    possible = {sum(other[place] for place in group) for other in asked[shown]}
                    assert min(possible) == 0, (shape, numbers, group)
                    assert max(possible) >= SMALLEST, (shape, numbers, group)


def test_who_knows_the_rule_as_well_is_left_with_five_numbers_for_each_group_under_five() -> None:
    """An attacker who runs the rule on every possible world and keeps those that would look the same."""
    for shape in SHAPES:
        alike: dict[tuple[tuple[Hashable, int], ...], list[tuple[int, ...]]] = defaultdict(list)
        for numbers in worlds(shape, 13 if len(shape) < 3 else 12):
            alike[tuple(sorted(publish(filled(shape, iter(numbers))).items(), key=repr))].append(numbers)
        for seen, candidates in alike.items():
            for group in groups_of(len(candidates[0])):
                possible = {sum(numbers[place] for place in group) for numbers in candidates}
                assert min(possible) >= SMALLEST or len(possible) >= SMALLEST, (shape, seen, group, possible)
