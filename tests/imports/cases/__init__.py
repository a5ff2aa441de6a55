"""Lists as somebody's program wrote them, each with one thing that is hard to read; people and numbers are invented."""

from pathlib import Path


def case(name: str) -> bytes:
    """One of the files in this folder."""
    return (Path(__file__).parent / name).read_bytes()
