"""Volume: what costs others is counted per user and hour, and nothing that was typed is lost."""

from datetime import timedelta

import pytest

from models.core.settings import Settings, SettingsRefused
from models.users.throttle import Bucket
from routes import MAP
from routes.web.lines import anyone
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY

ORDER = {"delivery": "Kurs", "quantity": "1"}


def test_after_enough_for_an_hour_what_was_typed_is_kept_for_later(quiet_house: House) -> None:
    hourly = {**quiet_house.settings.hourly, "orders": 2, "files": 1}
    with quiet_house.with_settings(hourly=hourly) as visitor:
        tester = visitor().open("/login").fill(username="Tester", password="demo-tester").press("Logg inn")
        for _ in range(2):
            tester.open("/orders/new").fill(**ORDER).press("Send bestilling")
            assert tester.status_code == 200
        tester.open("/orders/new").fill(**ORDER, description="Det som ikke skal bli borte").press("Send bestilling")
        assert (tester.status_code, tester.h1) == (429, "Vent litt")
        assert tester.has("Du har sendt mange bestillinger den siste timen. Du kan sende flere om 60 minutter.")
        assert tester.headers["retry-after"] == "3600"
        tester.follow("Tilbake")
        assert tester.value("description") == "Det som ikke skal bli borte"
        quiet_house.clock.advance(timedelta(minutes=59))
        assert tester.open(tester.url).press("Send bestilling").status_code == 429
        tester.follow("Tilbake")
        quiet_house.clock.advance(timedelta(minutes=2))
        assert tester.press("Send bestilling").status_code == 200

        tester.open("/account-statement")
        answers = [tester.send("GET", "/account-statement.pdf").status_code for _ in range(2)]
        assert answers[1] == 429


@pytest.mark.parametrize(
    ("given", "orders", "files"), [("", 60, 300), ("orders=30 files=50", 30, 50), ("files=9,orders=1", 1, 9)]
)
def test_the_limits_are_set_one_by_one(given: str, orders: int, files: int) -> None:
    environ = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": ",".join(FIELD_KEYS), "HOURLY_LIMITS": given}
    hourly = Settings.as_they_are(environ).hourly
    assert (hourly["orders"], hourly["files"], hourly["messages"]) == (orders, files, 120)
    for wrong in ("orders", "orders=0", "orders=-1", "orders=x", "mails=3"):
        with pytest.raises(SettingsRefused, match="HOURLY_LIMITS must name some of orders"):
            Settings.as_they_are({**environ, "HOURLY_LIMITS": wrong})


MADE = (".pdf", ".zip", ".json")
"""Files that are made as a whole before the first byte is sent; lists go out row by row as they are read."""
WRITES_TO_OTHERS = {
    "create_order": Bucket.ORDERS,
    "create_order_message": Bucket.MESSAGES,
    "create_invoice_message": Bucket.MESSAGES,
    "invite": Bucket.INVITATIONS,
    "invite_user_by_email": Bucket.INVITATIONS,
    "invite_again": Bucket.INVITATIONS,
    "create_import": Bucket.IMPORTS,
    "import_customers": Bucket.IMPORTS,
}


def test_every_file_that_is_made_and_every_form_that_costs_others_is_counted() -> None:
    made = [line for line in MAP if line.path.endswith(MADE) and line.who is not anyone]
    assert {line.name for line in made if line.counts is not Bucket.FILES} == set()
    assert {line.name: line.counts for line in MAP if line.counts and line not in made} == WRITES_TO_OTHERS
