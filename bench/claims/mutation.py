"""What a mutation is: a claim, a change after which it is true no longer, and the tests that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """A claim, what is changed in a file so that it is true no longer, and who notices."""

    claim: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    on_postgresql: bool = False
    """Whether it is PostgreSQL that holds it, so that the tests run there."""


def of(claim: str, file: str, before: str, after: str, *tests: str) -> Mutation:
    """A claim that the portal holds by itself."""
    return Mutation(claim, file, before, after, tests)


def of_postgresql(claim: str, file: str, before: str, after: str, *tests: str) -> Mutation:
    """A claim that PostgreSQL holds."""
    return Mutation(claim, file, before, after, tests, on_postgresql=True)
