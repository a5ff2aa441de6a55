"""Who may change who is staff, one after the other, and the rule that an administrator always stays.

What is changed is in `changes`, `leaving` and `stand_ins`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.audit import Actor
from models.core.scope import across_customers
from models.users.user import Role, User


class NotAnAdministrator(Exception):
    """Whoever wants to change something of the staff is none by now."""


class LastAdministrator(Exception):
    """Nobody could administer the staff any more."""


@contextmanager
def administration(db: Session, by: Actor) -> Iterator[frozenset[int]]:
    """Change something of the staff, who belong to no customer; gives the users who are administrators.

    They are held until the commit: of two who remove each other at the same moment, the second one is none any more.
    Raises NotAnAdministrator; the command line, which is no user, may do everything.
    """
    with across_customers(db):
        held = administrators(db)
        if by.user_id is not None and by.user_id not in held:
            raise NotAnAdministrator
        yield held


def administrators(db: Session) -> frozenset[int]:
    """The users who are administrators, held until the commit; across customers."""
    found = select(User.id).where(User.role == Role.ADMINISTRATOR, User.active, User.account_manager_id.is_not(None))
    return frozenset(db.scalars(found.order_by(User.id).with_for_update()))


def check_one_stays(held: frozenset[int], user_id: int) -> None:
    """Raises LastAdministrator where without this user there is none."""
    if held == {user_id}:
        raise LastAdministrator
