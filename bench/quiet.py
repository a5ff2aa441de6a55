"""All figures of docs/performance.md that want a quiet machine, one after another, in less than ten minutes.

python -m bench quiet   prints them; those that are ratios hold on a busy machine, too

What each of them measures, is in the module that it names.
"""

from bench import meanwhile, pages, race
from bench.peers import turns


def main(_words: list[str]) -> int:
    """Carry them out; 1 where a budget is broken."""
    broken = 0
    for name, carry_out, words in (
        ("peers", turns.main, ["--rounds", "3", "--seconds", "3"]),
        ("pages", pages.main, ["--rounds", "1"]),
        ("the race, one worker", race.main, ["--runs", "3", "--workers", "1"]),
        ("the race, two workers", race.main, ["--runs", "3", "--workers", "2"]),
        ("meanwhile, SQLite", meanwhile.main, ["sqlite"]),
        ("meanwhile, PostgreSQL", meanwhile.main, ["postgresql"]),
    ):
        print(f"\n## {name}\n", flush=True)
        broken |= carry_out(words)
    return broken
