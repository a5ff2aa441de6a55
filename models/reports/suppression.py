"""Which sums about people may be published, so that no group under five can be worked out of them (decision 0023).

Only arithmetic on a tree; what its branches are is decided in `models.reports.figures`.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

SMALLEST = 5
"""The smallest group that is shown."""


@dataclass(frozen=True)
class Branch:
    """A sum: of its children or, at a leaf, of its entries, one per event and equal for the same person."""

    key: Hashable
    children: tuple["Branch", ...] = ()
    entries: tuple[Hashable, ...] = ()

    def all_entries(self) -> Iterator[Hashable]:
        """The entries of the whole branch."""
        yield from self.entries
        for child in self.children:
            yield from child.all_entries()


def publish(root: Branch) -> dict[Hashable, int]:
    """The sums that may be seen, by key; a branch that is not among them is hidden, and so is all below it.

    The children of a branch that is seen are walked through in their order. One is set apart where both it and
    all that follow it have at least five different people. If not, it is taken together with the next one, and
    so on: what was taken together is hidden. Zero is hidden like one to four.

    Why that is enough: the leaves come to lie in blocks (what was set apart, and what was taken together), and each
    block has five or more people. Every sum that is seen is a sum of whole blocks, so whatever is added to or taken
    from another is one, too; how a block is made up is told by nothing. A group under five holds no whole block: as
    far as the figures say, it may be empty, and it may be five or more. Who knows this rule as well learns of some
    hidden branches that they are under five, never which of the five numbers it is.

    The order must not depend on the numbers. Nothing depends on who looks: what two people see together is no more.
    """
    seen: dict[Hashable, int] = {}
    if _is_large(root.all_entries()):
        _publish(root, seen)
    return seen


def _publish(branch: Branch, seen: dict[Hashable, int]) -> None:
    seen[branch.key] = sum(1 for _ in branch.all_entries())
    together: list[Branch] = []
    for place, child in enumerate(branch.children, 1):
        together.append(child)
        following = branch.children[place:]
        if not following or (_is_large(_entries(together)) and _is_large(_entries(following))):
            if len(together) == 1:
                _publish(child, seen)
            together = []


def _entries(branches: Sequence[Branch]) -> Iterator[Hashable]:
    for branch in branches:
        yield from branch.all_entries()


def _is_large(entries: Iterable[Hashable]) -> bool:
    people: set[Hashable] = set()
    for entry in entries:
        people.add(entry)
        if len(people) >= SMALLEST:
            return True
    return False
