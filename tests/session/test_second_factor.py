"""The second factor: set up, asked for at sign-in, remembered, required; and what helps who has lost the telephone."""

import base64
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import segno
from sqlalchemy import delete, select

import app
from models.core.audit import THE_PROVIDER
from models.customers.customer import Customer
from models.users.factors.app import address_of, new_secret, step_of
from models.users.factors.changes import require
from models.users.factors.recovery_codes import RecoveryCode, new_codes, plain
from models.users.sessions import UserSession
from models.users.throttle import FailedSignIn
from models.users.user import SecondFactor, User
from routes.session.codes import TOO_LATE
from routes.session.factors import FORGOTTEN, OFF, Picture
from routes.session.giving import WRONG
from tests.session.ways_in import GOOD, HMS, code_of, key_on, letters, log_of, set_up, sign_in
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY


def test_it_is_set_up_with_a_code_and_from_then_on_a_password_alone_does_not_do(house: House) -> None:
    elsewhere = house.sign_in("hms.fjord")
    hms = house.sign_in("hms.fjord").open("/password").follow("Slå på")
    assert (hms.h1, hms.headers["cache-control"]) == ("Slå på totrinnsbekreftelse", "no-store")
    secret = key_on(hms)
    assert hms.soup.select_one("svg.qr path")
    assert f"secret={secret}" in str(hms.soup.select_one("a[href^=otpauth]")["href"])  # type: ignore[index]
    hms.fill(code="000000").press("Slå på")
    assert hms.status_code == 422
    assert hms.error("code").startswith("Koden passer ikke.")
    assert key_on(hms) == secret, "it is in the telephone by now"
    used = code_of(house, secret)
    hms.fill(code=f"{used[:3]} {used[3:]}").press("Slå på")
    codes = [item.get_text() for item in hms.soup.select("#codes code")]
    assert (hms.h1, len(set(codes))) == ("Gjenopprettingskoder", 10)
    assert hms.follow("Jeg har tatt vare på kodene").h1 == "Passord og innlogginger"
    assert not [code for code in codes if hms.open("/password/factors").has(code)], "they are shown once"
    assert elsewhere.open("/info").h1 == "Logg inn"
    assert letters(house, "hms.fjord") == ["second_factor_added"]
    assert log_of(house, "hms.fjord") == [("Hilde Moldskred (hms.fjord)", "second factor added")]
    with house.behind() as db:
        kept = repr([db.execute(table.select()).all() for table in SecondFactor.metadata.sorted_tables])
        assert db.scalars(select(SecondFactor.sealed)).one().startswith(FIELD_KEYS[0].partition(":")[0])
    assert not [code for code in (secret, *codes, *map(plain, codes)) if code in kept]

    visitor = house.visitor().open("/orders?status=Utført").fill(**HMS).press("Logg inn")
    assert (visitor.h1, visitor.tabs) == ("Engangskode", [])
    assert visitor.open("/info").h1 == "Logg inn", "the password alone opens nothing"
    visitor = house.visitor().open("/orders?status=Utført").fill(**HMS).press("Logg inn")
    for wrong in (used, "", "12345", "0" * 6, "x" * 16, codes[0][:-1]):
        visitor.fill(code=wrong).press("Logg inn")
        assert (visitor.status_code, visitor.error("code")) == (422, WRONG if wrong else "Skriv koden.")
        assert not wrong or wrong not in visitor.response.text
        house.clock.advance(timedelta(seconds=31 if wrong == used else 0))
    house.clock.advance(timedelta(minutes=16))
    assert visitor.fill(code=code_of(house, secret)).press("Logg inn").flash == TOO_LATE
    assert (visitor.h1, visitor.value("next")) == ("Logg inn", "/orders?status=Utf%C3%B8rt")
    visitor.fill(**HMS).press("Logg inn").fill(code=code_of(house, secret)).press("Logg inn")
    assert (visitor.h1, visitor.value("status")) == ("Bestilling", "Utført")
    again = sign_in(house.visitor()).fill(code=code_of(house, secret)).press("Logg inn")
    assert again.error("code") == WRONG, "a code is good once, whoever has seen it"


def test_a_recovery_code_is_good_once_and_new_ones_end_those_before(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    secret, codes = set_up(quiet_house, hms)
    lost = sign_in(quiet_house.visitor()).follow("Har du ikke telefonen?")
    assert lost.h1 == "Gjenopprettingskode"
    assert lost.fill(code=codes[3].upper().replace("-", " ")).press("Logg inn").h1 == "Info"
    assert letters(quiet_house, "hms.fjord")[1:] == ["recovery_code_used", "new_device"]
    assert log_of(quiet_house, "hms.fjord")[-1][1] == "recovery code used"
    again = sign_in(quiet_house.visitor()).fill(code=codes[3]).press("Logg inn")
    assert again.error("code") == WRONG
    with quiet_house.behind() as db:
        for spent in db.scalars(select(RecoveryCode).order_by(RecoveryCode.id)).all()[5:]:
            spent.used_at = quiet_house.clock.now()
        db.commit()
        left = set(db.scalars(select(RecoveryCode.name).where(RecoveryCode.used_at.is_(None))))
    fitting = next(code for code in codes if code[:4] in left)
    assert again.fill(code=fitting).press("Logg inn").flash.startswith("Du har få gjenopprettingskoder igjen.")

    hms.open("/password/factors")
    assert hms.has("Du har 3 gjenopprettingskoder igjen.")
    hms.fill(code=fitting).press("Lag nye gjenopprettingskoder")
    assert (hms.status_code, hms.error("code")) == (422, WRONG)
    hms.fill(code=code_of(quiet_house, secret)).press("Lag nye gjenopprettingskoder")
    renewed = {item.get_text() for item in hms.soup.select("#codes code")}
    assert len(renewed) == 10
    assert not renewed & set(codes)
    assert sign_in(quiet_house.visitor()).fill(code=codes[0]).press("Logg inn").error("code") == WRONG
    assert sign_in(quiet_house.visitor()).fill(code=renewed.pop()).press("Logg inn").h1 == "Info"


def test_a_browser_is_remembered_for_a_month_until_it_is_forgotten(quiet_house: House) -> None:
    secret, codes = set_up(quiet_house, quiet_house.sign_in("hms.fjord"))
    home = sign_in(quiet_house.visitor()).fill(code=code_of(quiet_house, secret), remember="1").press("Logg inn")
    assert sign_in(home.press("Logg ut")).h1 == "Info", "no code here"
    assert sign_in(quiet_house.visitor()).h1 == "Engangskode", "but anywhere else"
    assert home.open("/password").has("Husket siden 1. oktober 2026")
    assert home.press("Spør igjen").flash == FORGOTTEN
    assert sign_in(home.press("Logg ut")).fill(code=codes[0], remember="1").press("Logg inn").h1 == "Info"
    quiet_house.clock.advance(timedelta(days=30))
    assert sign_in(home).h1 == "Engangskode", "a month is over"
    home.fill(code=codes[1], remember="1").press("Logg inn").open("/password")
    home.fill(password=HMS["password"], new_password=GOOD).press("Bytt passord")
    assert sign_in(home.press("Logg ut"), username="hms.fjord", password=GOOD).h1 == "Engangskode"
    stranger = quiet_house.sign_in("Tester").open("/password/factors")
    assert stranger.h1 == "Slå på totrinnsbekreftelse"


def test_guessing_codes_is_slowed_down_but_not_at_the_owners_browser(quiet_house: House) -> None:
    owner = quiet_house.sign_in("hms.fjord")
    secret, codes = set_up(quiet_house, owner)
    guesser = sign_in(quiet_house.visitor())
    almost = codes[0][:-1] + ("3" if codes[0].endswith("2") else "2")
    for wrong in ("000000", "111111", almost, "222222", "333333"):
        assert guesser.fill(code=wrong).press("Logg inn").status_code in {422, 303}
    for right in (code_of(quiet_house, secret), codes[1]):
        guesser.fill(code=right).press("Logg inn")
        assert (guesser.status_code, guesser.headers["retry-after"]) == (429, "900")
    assert sign_in(owner.open("/info").press("Logg ut")).fill(code=codes[1]).press("Logg inn").h1 == "Info"
    quiet_house.clock.advance(timedelta(minutes=16))
    begun = sign_in(quiet_house.visitor())
    with quiet_house.behind() as db:  # the password changes between the two steps
        db.scalars(select(User).where(User.username == "hms.fjord")).one().password_hash = "another"
        db.commit()
    assert begun.fill(code=codes[2]).press("Logg inn").flash == TOO_LATE
    assert sign_in(quiet_house.visitor()).h1 == "Logg inn"


def test_codes_that_come_at_once_are_counted_before_they_are_tried_and_good_once(quiet_house: House) -> None:
    secret, codes = set_up(quiet_house, quiet_house.sign_in("hms.fjord"))
    begun = [sign_in(quiet_house.visitor()) for _ in range(8)]

    def all_give(code: str) -> Counter[int]:
        pages = [page.open("/login/code").fill(code=code) for page in begun]
        with ThreadPoolExecutor(len(pages)) as threads:
            return Counter(threads.map(lambda page: page.press("Logg inn").response.status_code, pages))

    right = code_of(quiet_house, secret)
    assert all_give("000000") == {422: 5, 429: 3}
    for code in (right, codes[0]):
        with quiet_house.behind() as db:
            db.execute(delete(FailedSignIn))
            before = len(db.scalars(select(UserSession.id)).all())
            db.commit()
        all_give(code)
        begun = [page for page in begun if page.h1 == "Engangskode"]
        with quiet_house.behind() as db:
            assert len(db.scalars(select(UserSession.id)).all()) == before + 1, "one of them got in"


def test_whoever_must_have_one_sets_it_up_before_anything_else(house: House) -> None:
    with house.with_settings(demo=False) as visitor:
        kam = visitor().open("/desk/customers").fill(username="kam.lie", password="demo-kam.lie").press("Logg inn")
        assert (kam.h1, kam.value("next")) == ("Slå på totrinnsbekreftelse", "/desk/customers")
        assert kam.has("Du må slå på totrinnsbekreftelse før du går videre.")
        for path in ("/desk", "/info", "/password", "/desk/orders"):
            assert kam.open(path).h1 == "Slå på totrinnsbekreftelse", path
        secret = key_on(kam.open("/desk/customers"))
        kam.fill(code=code_of(house, secret)).press("Slå på").follow("Jeg har tatt vare på kodene")
        assert kam.h1 == "Kunder"

        hms = visitor().open("/orders/new").fill(**HMS).press("Logg inn").fill(delivery="Kurs i løfteteknikk")
        with house.behind() as db:
            customer = db.scalars(select(Customer).where(Customer.name.startswith("Fjordbygg"))).one()
            user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
            for on in (True, True, False, False, True):
                require(db, customer.id, user.id, on=on, by=THE_PROVIDER, now=house.clock.now())
            db.commit()
        hms.press("Send bestilling")
        assert hms.h1 == "Slå på totrinnsbekreftelse", "at once, in an open session"
        hms.fill(code=code_of(house, key_on(hms))).press("Slå på").follow("Jeg har tatt vare på kodene")
        assert (hms.h1, hms.value("delivery")) == ("Ny bestilling", "Kurs i løfteteknikk"), "what was typed is kept"
        okonomi = {"username": "okonomi.fjord", "password": "demo-okonomi.fjord"}
        assert sign_in(visitor(), **okonomi).h1 == "Info"
        with house.behind() as db:
            require(db, customer.id, None, on=True, by=THE_PROVIDER, now=house.clock.now())
            db.commit()
        assert sign_in(visitor(), **okonomi).h1 == "Slå på totrinnsbekreftelse"
        assert sign_in(visitor(), username="Tester", password="demo-tester").h1 == "Info"
    with house.with_settings(demo=False, staff_second_factor=False) as visitor:
        assert sign_in(visitor(), username="nora.dahl", password="demo-nora.dahl").h1 in {"Oversikt", "Logg inn"}
    asked = [entry for entry in log_of(house, "hms.fjord") if "required" in entry[1]]
    assert [action for _, action in asked] == [
        "second factor required",
        "second factor not required",
        "second factor required",
    ]


def test_it_is_taken_away_by_its_owner_by_the_desk_and_by_an_operator(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    _, codes = set_up(quiet_house, hms)
    quiet_house.clock.advance(timedelta(minutes=20))
    hms.open("/password/factors").follow("Slå av, eller bytt telefon")
    hms.fill(code=codes[0]).press("Slå av")
    assert hms.error("own_password").startswith("Skriv ditt eget passord")
    assert hms.fill(code=codes[0], own_password=HMS["password"]).press("Slå av").flash == OFF
    assert sign_in(quiet_house.visitor()).h1 == "Info"

    set_up(quiet_house, quiet_house.sign_in("hms.fjord"))
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS")
    kam.follow("Hilde Moldskred")
    quiet_house.clock.advance(timedelta(minutes=20))
    kam.open(kam.url)
    form = kam.soup.select_one("#reset-form")
    assert form
    assert kam.submit(form).has("Skriv ditt eget passord, så vi vet at det er du som endrer dette.")
    kam.submit(kam.soup.select_one("#reset-form"), own_password="demo-kam.lie")  # type: ignore[arg-type]
    assert kam.flash == "Hilde Moldskred logger nå inn med passordet alene, og får en e-post om det."
    assert not kam.has("Nullstill totrinnsbekreftelse")
    assert sign_in(quiet_house.visitor()).h1 == "Info"

    set_up(quiet_house, quiet_house.sign_in("hms.fjord"))
    said = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": FIELD_KEYS[0], "DATABASE_URL": quiet_house.settings.database_url}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert app.main(["reset-second-factor", "HMS.fjord"]) == 0
    assert app.main(["reset-second-factor", "hms.fjord"]) == 1
    assert "has a second factor" in capsys.readouterr().err
    assert sign_in(quiet_house.visitor()).h1 == "Info"
    removals = [actor for actor, action in log_of(quiet_house, "hms.fjord") if action == "second factor removed"]
    assert removals == ["Hilde Moldskred (hms.fjord)", "Per-Arne Lie (kam.lie)", "Kommandolinjen"]
    assert letters(quiet_house, "hms.fjord").count("second_factor_removed") == 3
    quiet_house.deliver()
    sent = [file.read_text() for file in (quiet_house.settings.var / "mail").glob("*-second_factor_removed-*")]
    assert any("av en administrator" in text.replace("=\n", "") for text in sent)


# Values


def test_the_codes_are_those_of_rfc_6238() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, code in ((1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        moment = datetime.fromtimestamp(seconds, UTC)
        assert step_of(secret, code, moment) == seconds // 30
        for late in (-30, 30):
            assert step_of(secret, code, moment + timedelta(seconds=late)) == seconds // 30, "clocks go wrong"
        assert step_of(secret, code, moment + timedelta(seconds=90)) is None
        assert step_of(secret, f"{code}0", moment) is None


def test_the_picture_is_the_qr_code_of_the_address() -> None:
    address = address_of(new_secret(), "hms.fjord", "Avonova Kundeportal")
    assert "otpauth://totp/Avonova%20Kundeportal:hms.fjord?secret=" in address
    picture, dark = Picture.of(address), set()
    areas = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", picture.path)
    assert "".join("M{} {}h{}v1h-{}z".format(*area) for area in areas) == picture.path, "each area is a square high"
    for x, y, there, back in (map(int, area) for area in areas):
        assert there == back > 0
        dark |= {(x + at, y) for at in range(there)}
    codes = [segno.make_qr(address, error="m", mask=mask) for mask in range(8)]  # any of them is the address
    rows = [[list(row) for row in code.matrix_iter(border=4)] for code in codes]
    assert dark in [{(x, y) for y, row in enumerate(one) for x, square in enumerate(row) if square} for one in rows]
    assert picture.size == len(rows[0])


def test_recovery_codes_differ_and_are_read_however_they_are_typed() -> None:
    codes = new_codes()
    assert len({code[:4] for code in codes}) == 10
    assert all(re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)
    for typed in (codes[0].upper(), codes[0].replace("-", " "), f"\t{codes[0]}\n", codes[0].replace("-", "\u2013")):
        assert plain(typed) == codes[0].replace("-", "")
    assert plain("\uff11\uff12\uff13 \uff14\uff15\uff16") == "123456"
    assert len(plain("a" * 10_000)) <= 100
