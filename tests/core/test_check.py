"""`check`: one line for each thing, and how to mend what is wrong; what it ends with."""

import pytest
from sqlalchemy import select

import app
from models.chores.chore import Chore
from models.customers.customer import Customer
from models.exchange.crm.webhooks import new_secret
from models.users.user import SecondFactor, User
from tests.stage.connections.server import free_port
from tests.stage.portals.opening import Opening
from tests.stage.times import NOW

ADA = ["create-staff", "ada", "--name", "Ada Berg", "--email", "ada@bht.example", "--administrator"]


def test_it_names_each_thing_that_is_wrong_and_is_content_once_they_are_mended(
    opened: Opening, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(**environ: str) -> tuple[int, list[str]]:
        with monkeypatch.context() as changed:
            for name, value in environ.items():
                changed.setenv(name, value)
            changed.delenv("PORTAL_TODAY", raising=False)
            status = app.main(["check"])
        printed, refused = capsys.readouterr()
        assert refused == ""
        return status, printed.splitlines()

    nobody = f"smtp://127.0.0.1:{free_port()}"
    status, lines = said(PUBLIC_URL="http://portal.bht.no/kunde", SMTP_URL=nobody, CRM_URL="http://crm.bht.no/")
    assert status == 2
    wrong = [line.removeprefix("wrong").strip() for line in lines if line.startswith("wrong")]
    for begins in (
        *("PUBLIC_URL must be a scheme and a host", "PUBLIC_URL must start with https://"),
        *("CRM_URL must start with https://", "Nobody can administer the staff: python app.py create-staff"),
        "CRM_SECRETS is not set",
    ):
        assert [each for each in wrong if each.startswith(begins)], (begins, lines)
    assert app.main(ADA) == 0
    capsys.readouterr()
    status, lines = said(SMTP_URL=nobody, CRM_SECRETS=new_secret())
    assert status == 2
    assert [line for line in lines if line.startswith("wrong")] == [
        "wrong    mail server takes nothing (ConnectionRefusedError): is its address right, and does it run?"
    ]
    assert said() == (2, said()[1])
    assert "wrong    SMTP_URL is not set: letters are files under PORTAL_VAR, and reach nobody" in said()[1]
    assert said(FIELD_KEYS="k1:short")[0] == 2
    nowhere = said(DATABASE_URL="sqlite:////proc/nowhere/portal.db")
    assert nowhere[0] == 2
    assert sum("The folder of DATABASE_URL cannot be made" in line for line in nowhere[1]) == 1, nowhere
    with opened.behind() as db:
        [user_id] = db.scalars(select(User.id)).all()
        db.add(SecondFactor(user_id=user_id, kind="app", sealed="kgone.AAAA", counter=0, added_at=NOW))
        customer = Customer(name="Nordlys AS", organisation_number="910000004")
        db.add(customer)
        db.flush()
        db.add_all(Chore(kind="checks", customer_id=customer.id, about=about, failures=1 + about) for about in range(3))
        db.commit()
    lost = "wrong    FIELD_KEYS lacks kgone, which alone opens what it has sealed in second_factors: put it back"
    lines = said()[1]
    assert lost in lines
    [chores] = [line for line in lines if "chore" in line]
    assert chores.startswith("warning  1 chore has failed three times and more: the log says why (chore failed)")
    assert "database: reachable, writable, and at this version" in " ".join(said()[1])
    ada = opened.visitor()
    assert ada.open("/login").status_code == 200


def test_tables_that_are_not_there_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: Opening
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{opened.settings.var}/nothing.db")
    assert app.main(["check"]) == 2
    assert "The database has no tables yet; this makes them: python app.py migrate" in capsys.readouterr().out
