"""Bringing in the rows of one customer: what is not there is added, what is there is left or completed.

So the same list changes nothing the second time. It is looked over by bringing it in and not keeping it: what the page
says is what would be done. What a row is refused for is a fault of its cell, and the others go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.scope import Right, Scope, looking_across, narrow
from models.customers.account_managers import AccountManager
from models.customers.agreements import agree, agreement_of
from models.customers.customer import Customer
from models.customers.unit_changes import NameTaken, NumberTaken, UnitFacts, add_unit, change_unit, open_customer
from models.customers.units import Unit
from models.imports.customers.headings import Column
from models.imports.customers.reading import RIGHTS, Manager, Read
from models.imports.rows import Fate
from models.staff.changes import Details, name_manager
from models.users.administration import Administrating
from models.users.changes import UsernameTaken, let_in
from models.users.user import Grant, User
from models.values.texts.folding import fold


class _Wrong(Exception):
    """A cell cannot be brought in; nothing of its row is kept."""

    def __init__(self, column: Column, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


_TAKEN = "En annen avdeling hos kunden har dette organisasjonsnummeret."


def bring_in(db: Session, rows: Sequence[Read], *, by: Administrating, now: datetime) -> None:
    """Bring in all rows of one customer, each with its fate; `db` is held to that customer afterwards."""
    bringing, units = _Bringing(db, by, now), dict[int, int]()
    for one in rows:
        one.new, one.changed = [], []
        if one.row.faults:
            continue
        try:
            with db.begin_nested():
                units[one.row.number] = bringing.place(one)
        except _Wrong as wrong:
            one.refuse(wrong.column, wrong.sentence)
    for named in _by_user(rows):
        try:
            with db.begin_nested():
                bringing.let_in(named, units)
        except _Wrong as wrong:
            for one in named:
                one.refuse(wrong.column, wrong.sentence)
    for one in rows:
        is_good = Fate.NEW if one.new else Fate.CHANGED if one.changed else Fate.SAME
        one.row.fate = Fate.FAULTY if one.row.faults else is_good


def _by_user(rows: Sequence[Read]) -> list[list[Read]]:
    """The rows of each user together, those that have no fault: one letter, whatever is granted in how many units."""
    found: dict[str, list[Read]] = {}
    for one in rows:
        if one.person and not one.row.faults:
            found.setdefault(one.username.casefold(), []).append(one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Bringing:
    """Somebody brings in the rows of a customer, at one moment."""

    db: Session
    by: Administrating
    now: datetime

    def place(self, one: Read) -> int:
        """The customer, the unit and its account manager; returns the id of the unit that the row is about."""
        narrow(self.db, Scope.whole(self._customer(one)))
        unit = self.db.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        path = () if len(one.path) == 1 and fold(one.path[0]) == fold(unit.name) else one.path
        if path:
            unit = self._unit(one, unit, path)
        if one.unit_number and unit.organisation_number != one.unit_number:
            self._number(one, unit, one.unit_number)
        if one.manager:
            self._serve(one, unit, one.manager)
        if one.agreement:
            self._agree(one, unit.customer_id)
        return unit.id

    def let_in(self, named: Sequence[Read], units: Mapping[int, int]) -> None:
        """A user, with the rights of all rows."""
        first, rights = named[0], dict[int, frozenset[Right]]()
        assert first.person is not None
        for one in named:
            unit_id = units[one.row.number]
            rights[unit_id] = rights.get(unit_id, frozenset()) | one.rights
        owner = self.db.scalars(select(Unit.customer_id).where(Unit.parent_id.is_(None))).one()
        here = select(Grant.user_id).join(User, User.id == Grant.user_id).where(Grant.customer_id == owner)
        is_new = self.db.scalar(here.where(User.username_folded == first.username.casefold()).limit(1)) is None
        try:
            has_more = let_in(self.db, owner, first.username, first.person, rights, by=self.by, now=self.now)
        except UsernameTaken:
            sentence = "Noen med en annen e-postadresse har brukernavnet, eller brukeren kan ikke logge inn lenger."
            raise _Wrong(Column.USERNAME, sentence) from None
        for one in named if has_more else ():
            told = f"{first.username}: {', '.join(RIGHTS[right][0] for right in Right if right in one.rights)}"
            (one.new if is_new else one.changed).append(f"{'ny bruker' if is_new else 'rettigheter for'} {told}")

    def _customer(self, one: Read) -> int:
        with looking_across(self.db):
            known = self.db.scalar(select(Customer).where(Customer.organisation_number == one.number))
        if known is not None:
            if one.name and fold(one.name) != fold(known.name):
                sentence = f"I portalen heter kunden «{known.name}». Skriv det navnet, eller la feltet stå tomt."
                raise _Wrong(Column.CUSTOMER, sentence)
            return known.id
        if not one.name:
            raise _Wrong(Column.CUSTOMER, "Skriv navnet på kunden, som ikke er i portalen ennå.")
        one.new.append(f"ny kunde {one.name}")
        return open_customer(self.db, UnitFacts(one.name, one.number, None), by=self.by, now=self.now)

    def _unit(self, one: Read, company: Unit, path: Sequence[str]) -> Unit:
        """The unit at the end of the path, or anywhere with its one name; what is missing on the way is added."""
        if len(path) == 1:
            every = self.db.scalars(select(Unit).order_by(Unit.path))
            named = [unit for unit in every if fold(unit.name) == fold(path[0])]
            if len(named) > 1:
                raise _Wrong(Column.UNIT, "Flere avdelinger heter det samme. Skriv veien dit, som «Drift > Lageret».")
            return named[0] if named else self._added(one, company, path[0])
        unit = company
        for name in path:
            below = self.db.scalars(select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.id))
            unit = next((each for each in below if fold(each.name) == fold(name)), None) or self._added(one, unit, name)
        return unit

    def _added(self, one: Read, parent: Unit, name: str) -> Unit:
        add_unit(self.db, parent.id, UnitFacts(name, None, None), by=self.by, now=self.now)
        one.new.append(f"ny avdeling {name}")
        return self.db.scalars(select(Unit).where(Unit.parent_id == parent.id, Unit.name == name)).one()

    def _number(self, one: Read, unit: Unit, number: str) -> None:
        if unit.organisation_number:
            raise _Wrong(Column.UNIT_NUMBER, f"I portalen har avdelingen nummeret {unit.organisation_number}.")
        self._change(unit, replace(UnitFacts.of(unit), organisation_number=number))
        one.changed.append(f"organisasjonsnummer for {unit.name}")

    def _change(self, unit: Unit, facts: UnitFacts) -> None:
        try:
            change_unit(self.db, unit.id, facts, unit.parent_id, by=self.by, now=self.now)
        except NumberTaken:
            raise _Wrong(Column.UNIT_NUMBER, _TAKEN) from None
        except NameTaken:
            sentence = "To avdelinger på samme sted heter det samme. Gi den ene et annet navn først."
            raise _Wrong(Column.UNIT, sentence) from None

    def _serve(self, one: Read, unit: Unit, named: Manager) -> None:
        """Give the unit, or the customer, its account manager."""
        manager = self._known(named)
        if manager is None:
            manager = self._named(named)
        customer = self.db.get_one(Customer, unit.customer_id)
        before = customer.account_manager_id if unit.parent_id is None else unit.account_manager_id
        if before != manager.id:
            self._change(unit, replace(UnitFacts.of(unit), account_manager_id=manager.id))
            one.changed.append(f"kundeansvarlig for {unit.name}: {manager.name}")

    def _agree(self, one: Read, customer_id: int) -> None:
        """Write down what was agreed on; a list that says no day leaves the one that is there to the same words."""
        customer = self.db.get_one(Customer, customer_id)
        known = agreement_of(customer)
        until = one.agreement_until or (known.agreement_until if known.agreement == one.agreement else None)
        agreed = replace(known, agreement=one.agreement, agreement_until=until)
        if agreed != known:
            agree(self.db, customer, agreed, by=self.by, now=self.now)
            one.changed.append(f"avtale: {one.agreement}{f' til {until:%d.%m.%Y}' if until else ''}")

    def _known(self, named: Manager) -> AccountManager | None:
        """Who is meant of those whom the portal knows."""
        every = select(AccountManager).order_by(AccountManager.id)
        if named.email:
            found = list(self.db.scalars(every.where(func.lower(AccountManager.email) == named.email.lower())))
        else:
            serving = self.db.scalars(every.where(AccountManager.serves))
            found = [one for one in serving if fold(one.name) == fold(named.name)]
        if len(found) > 1:
            raise _Wrong(Column.MANAGER, "Flere kundeansvarlige heter det samme. Skriv e-postadressen.")
        if found and not found[0].serves:
            raise _Wrong(Column.MANAGER, f"{found[0].name} kan ikke være kundeansvarlig: har sluttet, eller er leser.")
        return found[0] if found else None

    def _named(self, named: Manager) -> AccountManager:
        """Somebody new, whom customers know and who cannot sign in."""
        if not (named.name and named.email):
            raise _Wrong(
                Column.MANAGER,
                f"«{named.name or named.email}» er ingen kundeansvarlig ennå. Skriv navn og adresse, «Ada Berg "
                "<ada@bht.example>», så blir den lagt til.",
            )
        id = name_manager(self.db, Details(named.name, named.email, ""), by=self.by, now=self.now)
        return self.db.get_one(AccountManager, id)
