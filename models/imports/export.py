"""The list of employees as a table that the import can read again without a change (section 5, number 9).

Never with an identity number, not even its mask.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.checks.told import NOT_KNOWN, heading_of, last_days
from models.core.walls import select_rows
from models.employees.employee import Employee
from models.employees.search import Criteria, find_employees
from models.imports.cells.headings import NAMES, Meaning
from models.imports.cells.states import ACTIVE, INACTIVE
from models.values.tables import Row

_COLUMNS = (
    Meaning.ID,
    Meaning.GIVEN_NAME,
    Meaning.FAMILY_NAME,
    Meaning.BIRTH_DATE,
    Meaning.EMAIL,
    Meaning.MOBILE,
    Meaning.UNIT,
    Meaning.EMPLOYEE_NUMBER,
    Meaning.JOB_TITLE,
    Meaning.GROUPS,
    Meaning.STATUS,
)
_AT_ONCE = 500
_MORE = select(Employee.id, Employee.mobile, Employee.employee_number, Employee.job_title, Employee.groups).where(
    Employee.id.in_(bindparam("ids", expanding=True))
)
"""What the list itself does not show."""


Last = tuple[int, str]
"""The id of an employee, and where he or she stood when read."""


def headings(checks: Sequence[str]) -> list[str]:
    """What stands above the columns; each check of the customer's has one."""
    return [*(NAMES[meaning] for meaning in _COLUMNS), *map(heading_of, checks)]


def exporting(
    customer_id: int, criteria: Criteria, checks: Sequence[str]
) -> Callable[[Session, Last | None], tuple[list[Row], Last | None]]:
    """Reads the employees whom the criteria find, in the order of the list, batch by batch.

    It goes on below the place of the last one: who is renamed meanwhile takes nobody out of the file.
    """

    def read(db: Session, last: Last | None) -> tuple[list[Row], Last | None]:
        after, place = last or (None, None)
        found = find_employees(db, customer_id, replace(criteria, after=after, place=place), _AT_ONCE)
        ids = [row.id for row in found.rows]
        more = {row.id: row for row in select_rows(db, _MORE, {"ids": ids})}
        days = last_days(db, ids) if checks else {}
        status = INACTIVE if criteria.inactive else ACTIVE
        return [
            (
                str(row.id),
                row.given_name,
                row.family_name,
                row.birth_date,
                row.email,
                more[row.id].mobile,
                row.unit_name,
                more[row.id].employee_number,
                more[row.id].job_title,
                ", ".join(more[row.id].groups),
                status,
                *(days.get((row.id, name), NOT_KNOWN).counts for name in checks),
            )
            for row in found.rows
        ], (found.next, found.rows[-1].sort_key) if found.next else None

    return read
