"""The clerk: what was asked for is done piece by piece, once, by one of several, and goes on after whatever happens."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import chores_of
from models.checks import chores as check_chores
from models.checks import keeping
from models.chores.chore import LEASE, Chore
from models.chores.clerk import Clerk
from models.core.database import Database
from models.employees.employee import Employee
from models.imports import application, reversal
from models.imports import chores as import_chores
from models.imports.lists import Import
from models.users.user import Grant, find_user
from routes.imports import applications
from tests.checks.test_due import ask, due
from tests.imports.test_imports import counts, events, row, send
from tests.stage.house import House
from tests.stage.material.golden import HEADINGS, delimited

_PEOPLE = [[f"A{at}", "Etternavn", f"a{at}@x.example", "", "", "Bergen"] for at in range(7)]


class Killed(BaseException):
    """The process ends: nobody notes anything any more."""


@pytest.fixture(autouse=True)
def _long_is_short(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven people are many, and two are a piece; the house was built before."""
    assert built.settings.demo
    for module in (applications, reversal):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    for module in (application, reversal):
        monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(keeping, "MOST", 10)
    monkeypatch.setattr(check_chores, "_AT_ONCE", 25)


def after(pieces: int, what: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """The same, until so many pieces are done."""
    left = iter(range(pieces))

    def does(*words: Any) -> Any:
        if next(left, None) is None:
            raise error
        return what(*words)

    return does


def test_a_long_list_is_applied_and_undone_afterwards_whatever_happens_to_the_clerk(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hms = send(house.sign_in("hms.fjord"), delimited(rows=[HEADINGS, *_PEOPLE])).press("Importer 7")
    at = hms.url
    assert hms.h1 == "Importen er i gang"
    assert hms.has("Lista sees over en siste gang")
    assert hms.has("Du kan gå til andre sider imens")
    assert hms.follow("Oppdater").h1 == "Importen er i gang"
    section = hms.soup.select_one("section[hx-trigger]")
    assert section is not None
    assert section["hx-trigger"] == "every 2s"

    with monkeypatch.context() as patched:
        patched.setattr(import_chores, "_apply", after(2, import_chores._apply, Killed()))
        with pytest.raises(Killed):
            house.work()
    assert (house.work(), hms.open(at).has("4 av 7 er gjort")) == (0, True), "it is in the hands of one who is gone"
    house.clock.advance(LEASE + timedelta(seconds=1))
    assert hms.open(at).has("Importen venter på tur")

    with monkeypatch.context() as patched:
        patched.setattr(import_chores, "_apply", after(1, import_chores._apply, ValueError("a fault of ours")))
        assert house.work() == 0
    house.clock.advance(timedelta(seconds=31))
    assert (hms.open(at).has("6 av 7 er gjort"), hms.has("Importen stoppet underveis")) == (True, True)
    assert hms.press("Fortsett importen").has("Importen venter på tur")
    assert (house.work(), house.work()) == (1, 0)
    assert hms.open(at).has("7 lagt til")
    assert not hms.soup.select("[hx-trigger]"), "nothing is asked for any more"

    hms.press("Angre importen")
    assert (hms.h1, hms.has("7 av 7 gjenstår")) == ("Importen angres", True)
    with monkeypatch.context() as patched:
        patched.setattr(import_chores, "_undo", after(1, import_chores._undo, Killed()))
        with pytest.raises(Killed):
            house.work()
    house.clock.advance(LEASE + timedelta(seconds=1))
    assert (hms.open(at).has("5 av 7 gjenstår"), hms.has("Angringen venter på tur")) == (True, True)
    assert house.work() == 1
    assert hms.open(at).has("7 slettet igjen")
    assert Counter(kind for kind, _ in events(house)) == {"employee.added": 7, "employee.erased": 7}
    with house.behind() as db:
        assert db.scalars(select(Chore)).all() == []


def test_what_changes_before_a_long_list_is_applied_is_told_and_its_rows_wait_to_be_put_right(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visit hands the list over as it was seen, and looks at none of its rows."""
    leader = house.sign_in("hms.fjord")
    send(leader, delimited(rows=[HEADINGS, *_PEOPLE[:2]])).press("Importer 2")
    wrong = ["B0", "Etternavn", "b0@x.example", "123", "", "Bergen"]
    listed = [[*one[:3], "90000001", *one[4:]] for one in _PEOPLE[:2]] + [*_PEOPLE[2:], wrong]
    hms = send(leader, delimited(rows=[HEADINGS, *listed]))
    with monkeypatch.context() as patched:
        for looks in ("opened", "look_over"):
            patched.delattr(applications, looks)
        hms.press("Importer 7 uten feil")
    with house.behind() as db:
        db.scalars(select(Employee).where(Employee.email == "a0@x.example")).one().mobile = "90000001"
        db.commit()
    send(house.sign_in("hms.fjord"), delimited(rows=[HEADINGS, _PEOPLE[2]])).press("Importer 1")
    only_one = application._change

    def overtaken(db: Session, keyring: Any, wanted: Any, items: Any) -> Any:
        db.execute(update(Employee).where(Employee.email == "a1@x.example").values(version=Employee.version + 1))
        return only_one(db, keyring, wanted, items)

    with monkeypatch.context() as patched:
        patched.setattr(application, "_change", overtaken)
        assert house.work() == 1
    assert hms.open(hms.url).has("4 lagt til")
    assert hms.has("3 endret av noen andre imens, og ikke importert")
    assert hms.has("1 ikke importert")
    hms.follow("Se radene som ikke ble med")
    assert counts(hms) == "1 endret 1 feil", "what is so by now is not asked about again"
    assert "Et norsk nummer har 8 sifre" in row(hms, 9)
    hms.fill(mobile="90000003").press("Rett")
    at = hms.url.split("?")[0]
    hms.open(at).press("Importer 2")
    assert hms.h1 == "Importen er ferdig"
    assert not hms.has("Noen rader ble ikke importert")
    mobiles = {"a0": "90000001", "a1": "90000001", "b0": "90000003", "a6": None}
    with house.behind() as db:
        for name, mobile in mobiles.items():
            assert db.scalars(select(Employee.mobile).where(Employee.email == f"{name}@x.example")).one() == mobile
        assert db.scalars(select(Import.sealed).order_by(Import.id)).all() == [None] * 4


def in_between(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Let something happen after the first piece."""
    still_to_come = [what]
    monkeypatch.setattr(Database, "make_room", lambda _: still_to_come and still_to_come.pop()())


def test_whoever_was_away_for_too_long_keeps_nothing_of_the_piece_in_hand(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(quiet_house.sign_in("hms.fjord"), delimited(rows=[HEADINGS, *_PEOPLE])).press("Importer 7")
    other = Clerk(quiet_house._database, quiet_house.clock, chores_of(quiet_house.settings))
    done: list[int] = []

    def away() -> None:
        done.append(other.work())
        quiet_house.clock.advance(LEASE * 2)
        done.append(other.work())

    in_between(monkeypatch, away)
    assert (quiet_house.work(), done) == (0, [0, 1]), "as long as one has it in hand, nobody else has"
    assert len(events(quiet_house)) == 7


@pytest.mark.parametrize("lost", ["the grant", "the right"])
def test_whoever_may_not_any_more_brings_nobody_in(quiet_house: House, lost: str) -> None:
    hms = send(quiet_house.sign_in("hms.fjord"), delimited(rows=[HEADINGS, *_PEOPLE])).press("Importer 7")
    assert hms.has("Lista sees over en siste gang")
    with quiet_house.behind() as db:
        user = find_user(db, "hms.fjord")
        assert user
        of_user = Grant.user_id == user.id
        db.execute(
            delete(Grant).where(of_user)
            if lost == "the grant"
            else update(Grant).where(of_user).values(employees=False)
        )
        db.commit()
    assert quiet_house.work() == 1
    assert events(quiet_house) == []


def test_h8_who_is_due_is_written_afterwards_where_there_are_many(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(house)
    assert page.flash == "Lungeprøve hver 24. måned er lagret."
    assert page.has("Det skrives nå hvem av de ansatte som skal til hva")
    assert due(house) == {}
    with monkeypatch.context() as patched:
        patched.setattr(check_chores, "keep", after(1, keeping.keep, Killed()))
        with pytest.raises(Killed):
            house.work()
    house.clock.advance(LEASE + timedelta(seconds=1))
    some = due(house)
    assert house.work() == 1
    everybody = due(house)
    assert 0 < len(some) < len(everybody)
    page = house.sign_in("kam.lie").open(page.url)
    assert page.has(f"{len(everybody)} ansatte har kontrollen")
    assert not page.has("Det skrives nå")

    in_between(monkeypatch, lambda: page.press("Ta bort Lungeprøve, Bergen"))
    ask(house, months="12")
    assert house.work() == 1
    assert due(house) == {}, "what is asked for meanwhile is done from the beginning"
