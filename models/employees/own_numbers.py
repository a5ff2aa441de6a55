"""Whose an employee number is: of those who are active at a customer, one's alone, as in a payroll.

The database holds it, by a unique index; what is here is for the sentence. The identity number is in `national_ids`.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.core.scope import whole_customer
from models.core.walls import select_rows
from models.customers.units import Unit
from models.employees.employee import Employee, NumberTaken

_AT_ONCE = 1000


_HOLDERS = select(Employee.employee_number, Employee.id).where(
    Employee.employee_number.in_(bindparam("numbers", expanding=True)), Employee.deactivated_at.is_(None)
)
_HOLDER = (
    select(Employee.given_name, Employee.family_name, Unit.name)
    .join(Unit, Unit.id == Employee.unit_id)
    .where(Employee.id == bindparam("id"))
)


def holders_of_numbers(db: Session, numbers: Iterable[str | None]) -> dict[str, int]:
    """Who among the customer's active employees has each of the numbers, also where the user does not see them.

    A number is one's alone in the whole company: that it is in use, whoever gives it to another has to know (X1).
    """
    found: dict[str, int] = {}
    with whole_customer(db):
        for some in _batches(sorted({number for number in numbers if number})):
            found |= dict(tuple(row) for row in select_rows(db, _HOLDERS, {"numbers": some}))
    return found


def check_number(db: Session, number: str | None, *, than: int) -> None:
    """Raises NumberTaken where another active employee than `than` has the number."""
    if holders_of_numbers(db, [number]).get(number or "", than) != than:
        raise NumberTaken(f"the number of employee {than} is in use")


def who_has(db: Session, number: str) -> str:
    """The sentence for the field where a number is taken."""
    holder = holders_of_numbers(db, [number]).get(number)
    return sentence_of(number, _seen(db, holder) if holder else "")


def sentence_of(number: str, holder: str) -> str:
    """What is said where a number is taken; `holder` is empty for somebody whom the user does not see."""
    if holder:
        return f"Ansattnummer {number} har {holder} allerede."
    return f"Ansattnummer {number} er i bruk hos en annen ansatt i bedriften."


def _seen(db: Session, id: int) -> str:
    """The name and unit of an employee in the scope; nothing of one outside it."""
    return next((f"{given} {family}, {unit}," for given, family, unit in select_rows(db, _HOLDER, {"id": id})), "")


def _batches(numbers: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(numbers), _AT_ONCE):
        yield numbers[at : at + _AT_ONCE]
