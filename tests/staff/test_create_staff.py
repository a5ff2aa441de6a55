"""The first member of the staff, who comes from the command line: a link that needs no mail server."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import app
from models.core.audit import AuditEntry
from models.customers.account_managers import AccountManager
from models.outbox.message import Message
from models.staff.log import StaffChange
from models.users.user import User
from tests.session.ways_in import GOOD
from tests.stage.portals.opening import Opening
from tests.web.serving.test_opening import comes_in, linked

ADA = ["create-staff", "ada", "--name", " Ada  Berg ", "--email", "ada@bht.example"]


def test_the_link_is_good_once_and_for_a_day_and_stands_nowhere(
    opened: Opening, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> tuple[int, str, str]:
        status = app.main(list(words))
        return status, *capsys.readouterr()

    status, printed, _ = said(*ADA)
    assert status == 0
    assert "Nobody is an administrator yet" in printed
    first = linked(printed)
    for name in ("ada", "ADA"):
        status, _, refused = said("create-staff", name, "--name", "A", "--email", "ada@bht.example")
        assert (status, refused.count("\n")) == (1, 1)
        assert f"There is a user {name} already. For another link: python app.py staff-link {name}" in refused
    status, _, refused = said("create-staff", "eva", "--name", "Eva", "--email", "Ada@BHT.example")
    assert (status, refused) == (1, "Somebody of the staff has the address Ada@BHT.example already.\n")
    for wrong in (["--email", "ada"], ["--name", " "], ["--phone", "1" * 41]):
        assert said(*ADA, *wrong)[0] == 2

    opened.clock.advance(timedelta(days=2))
    assert opened.visitor().open(first).has("Lenken virker ikke lenger")
    opened.clock.advance(-timedelta(days=2))
    second = linked(said("staff-link", "Ada")[1])
    assert opened.visitor().open(first).has("Lenken virker ikke lenger"), "the newer one has ended it"
    ada = comes_in(opened, second, "ada")
    assert (ada.h1, ada.tabs[-1], len(ada.tabs)) == ("Oversikt", "Utsendinger", 5)
    assert said("staff-link", "eva")[0] == 1

    assert said("create-staff", "eva", "--name", "Eva", "--email", "eva@bht.example", "--administrator")[0] == 0
    with opened.behind() as db:
        assert [user.role for user in db.scalars(select(User).order_by(User.id))] == [
            "account manager",
            "administrator",
        ]
        assert db.scalars(select(AccountManager.name).order_by(AccountManager.id)).all() == ["Ada Berg", "Eva"]
        log = [(entry.actor, entry.action) for entry in db.scalars(select(StaffChange).order_by(StaffChange.id))]
        assert log[:3] == [("Kommandolinjen", what) for what in ("added", "link", "link")]
        assert db.scalars(select(Message.kind)).all() == ["password_changed"], "no letter holds a link"
        assert db.scalars(select(AuditEntry)).all() == []


def test_an_account_manager_of_the_crm_is_the_same_person(opened: Opening, capsys: pytest.CaptureFixture[str]) -> None:
    with opened.behind() as db:
        db.add(AccountManager(name="A. Berg", email="Ada@bht.example", phone="12 34 50 01"))
        db.commit()
    assert app.main([*ADA, "--administrator"]) == 0
    path = linked(capsys.readouterr().out)
    visitor = opened.visitor().open(path).fill(new_password=GOOD).press("Lagre passordet")
    visitor.fill(username="ada", password=GOOD).press("Logg inn").open("/desk/staff")
    assert [row[0] for row in visitor.rows] == ["Ada Berg"]
