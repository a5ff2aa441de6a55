"""What `check` finds: how a thing stands, and if it is not right, how to mend it. What it looks at is in `checks`."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How something stands."""

    RIGHT = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and where it is not right, how to mend it."""

    grade: Grade
    said: str

    def __str__(self) -> str:
        return f"{self.grade:<8} {self.said}"
