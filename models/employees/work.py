"""What is known of an employee's work: the own number, the job title, and the groups that checks are for (H8).

All three are optional. Each `read_…` takes what was typed, cleaned, and raises ValueError with a Norwegian sentence.
Who the employee is, is in `details`; whose a number is already, in `own_numbers`.
"""

import re
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from models.customers.units import norwegian

_NUMBER = re.compile(r"[0-9a-zæøåäö](?:[0-9a-zæøåäö._/ -]{0,18}[0-9a-zæøåäö])?", re.IGNORECASE)
LONGEST_TITLE, LONGEST_GROUP, MOST_GROUPS = 100, 40, 10
_BETWEEN = re.compile(r"[,;|\n]|\s[/+&]\s")


class Groups(TypeDecorator[tuple[str, ...]]):
    """Groups as one text, `|nattarbeid|støy|`: a whole one is found in it by LIKE; empty where there is none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # as named there
        """As it is stored."""
        return f"|{'|'.join(value)}|" if value else ""

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...]:  # as named there
        """As it is used."""
        return tuple(value.strip("|").split("|")) if value else ()


def read_employee_number(text: str) -> str | None:
    """The number that the employer knows the employee by; letters of it are large, so that equal ones look alike."""
    text = " ".join(text.split())
    if not text.strip("0"):
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("Ansattnummeret kan ha inntil 20 tegn: bokstaver, tall, punktum, strek og mellomrom.")
    return text.upper()


def read_job_title(text: str) -> str | None:
    """A job title, with single blanks."""
    text = " ".join(text.split())
    if len(text) > LONGEST_TITLE:
        raise ValueError(f"Stillingen kan ha inntil {LONGEST_TITLE} tegn.")
    return text or None


def read_groups(text: str) -> tuple[str, ...]:
    """The groups in a text, which stand between commas; small letters, each once, in the order of the alphabet."""
    groups = sorted({" ".join(one.split()).lower() for one in _BETWEEN.split(text)} - {""}, key=norwegian)
    if any(len(one) > LONGEST_GROUP for one in groups):
        raise ValueError(f"Hver gruppe kan ha inntil {LONGEST_GROUP} tegn. Skill gruppene med komma.")
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"Skriv inntil {MOST_GROUPS} grupper.")
    return tuple(groups)
