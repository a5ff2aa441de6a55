"""Who may change a customer's users, and how far: staff everything, its own administrators their branch and rights.

What is changed is in `models.users.changes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.audit import Named
from models.core.scope import Right, Scope
from models.customers.customer import Customer
from models.customers.units import Unit
from models.users.sessions import SignedIn
from models.users.user import Grant, User, scope_of

Rights = Mapping[int, frozenset[Right]]
"""By the unit at the top of a branch, the rights in it; a branch without any is none."""


Administrating = SignedIn | Named
"""Somebody who is signed in, or the command line, which may do everything."""


class NotAnAdministrator(Exception):
    """Whoever wants to change a user is no administrator by now, or not of what is to be changed."""


class LastAdministrator(Exception):
    """Nobody at the customer could say any more who may do what."""


@dataclass(frozen=True, slots=True)
class Powers:
    """What somebody may give and take at a customer."""

    scope: Scope
    is_staff: bool = False

    @classmethod
    def of(cls, by: SignedIn, scope: Scope) -> "Powers":
        """As it was when the page was asked for; `held` says how it is when something is changed."""
        return cls(scope, is_staff=by.is_at_desk)

    def covers(self, unit_id: int, *rights: Right) -> bool:
        """Whether all of these rights may be given in a unit: nobody gives what one has not."""
        return all(_includes(self.scope, unit_id, right) for right in (Right.ADMINISTRATOR, *rights))

    def merge(self, before: Rights, wanted: Rights) -> Rights:
        """What a user has afterwards: in these powers what is wanted, and outside of them what was before.

        Raises NotAnAdministrator where more is wanted than one may give.
        """
        if any(not self.covers(unit_id, *(has - before.get(unit_id, frozenset()))) for unit_id, has in wanted.items()):
            raise NotAnAdministrator
        merged = {
            unit_id: frozenset(
                right
                for right in Right
                if right in (wanted if self.covers(unit_id, right) else before).get(unit_id, frozenset())
            )
            for unit_id in {**before, **wanted}
        }
        return {unit_id: has for unit_id, has in merged.items() if has}

    def covers_all(self, rights: Rights) -> bool:
        """Whether everything that a user has lies in these powers: only then it is another's to say who that is."""
        return all(self.covers(unit_id, *has) for unit_id, has in rights.items())


def held(db: Session, by: Administrating, customer_id: int) -> Powers:
    """What somebody may change at this moment; until the commit nobody else changes users of the customer.

    Of two administrators who take the right from each other, the second one has none by then. Raises
    NotAnAdministrator.
    """
    db.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update(key_share=True))
    if isinstance(by, Named) or by.is_at_desk:
        return Powers(Scope.whole(customer_id), is_staff=True)
    scope = scope_of(db, by.user_id, customer_id)
    if scope is None or not scope.units_with(Right.ADMINISTRATOR) != frozenset():
        raise NotAnAdministrator
    return Powers(scope)


def administrators(db: Session, customer_id: int) -> frozenset[int]:
    """The users who administer the whole customer."""
    found = (
        select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.customer_id == customer_id, Grant.administrator, Unit.parent_id.is_(None))
        .where(User.active, User.account_manager_id.is_(None))
    )
    return frozenset(db.scalars(found))


def check_one_stays(db: Session, before: frozenset[int], customer_id: int, powers: Powers) -> None:
    """Raises LastAdministrator where a customer's own administrators have left it none; staff may."""
    db.flush()
    if not powers.is_staff and before and not administrators(db, customer_id):
        raise LastAdministrator


def _includes(scope: Scope, unit_id: int, right: Right) -> bool:
    units = scope.units_with(right)
    return units is None or unit_id in units
