"""Importer ansatte (section 5, number 9): looked over first, corrected in place, applied once, in chunks."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from models.bookings.sign_ups.sign_up import SignUp
from models.core.audit import AuditEntry
from models.core.search import Found
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.employees.search import EmployeeRow, find_employees
from models.imports import application, export
from models.imports.lists import KEPT, Import
from models.outbox.message import Message
from routes.imports import applications
from tests.imports.saved import every_way, ours
from tests.stage.house import House
from tests.stage.material import golden
from tests.stage.material.golden import HEADINGS, PEOPLE, delimited
from tests.stage.page import Page
from tests.stage.times import NOW

LETTERS = str.maketrans("01", "ab")
"""A number in letters: in a name, digits are taken for a number of something."""
INGRID, NUMBER, OTHER_NUMBER = "Ingrid;Solbakken", "14838419861", "29829624883"


def send(page: Page, content: str | bytes, filename: str = "ansatte.csv", **fields: str) -> Page:
    """Choose a file and have it looked over."""
    page.open("/employees").follow("Importer")
    raw = content if isinstance(content, bytes) else content.encode("cp1252")
    return page.fill(**fields).attach("file", filename, raw).press("Se over lista")


def counts(page: Page) -> str:
    """What the page says of the rows."""
    found = page.soup.select_one("#counts")
    return " ".join(found.get_text(" ", strip=True).split()) if found else ""


def row(page: Page, number: int) -> str:
    """What the page says of one row."""
    found = page.soup.select_one(f"#row-{number}")
    return " ".join(found.get_text(" ", strip=True).split()) if found else ""


def events(house: House) -> list[tuple[str, str]]:
    """What the CRM is told of employees."""
    with house.behind() as db:
        messages = db.scalars(select(Message).where(Message.kind.startswith("employee.")).order_by(Message.id))
        return [(message.kind, str(message.payload.get("email", ""))) for message in messages]


def test_what_changes_is_marked_with_what_it_is_now(house: House, hms: Page) -> None:
    """Section 5, number 9: of a row that changes somebody, both are seen; and how far the list has come."""
    text = f"Fornavn;Etternavn;E-post;Født;Avdeling\r\n{INGRID};ingrid@ny.example;14.03.84;Bergen\r\n"
    send(hms, text)
    cells = hms.soup.select("#row-2 td")
    marked = [mark.get_text() for mark in hms.soup.select("#row-2 mark")]
    assert marked == ["ingrid@ny.example"]
    assert [gone.get_text() for gone in hms.soup.select("#row-2 s")] == ["ingrid.solbakken@fjordbygg.example"]
    assert "lest fra 14.03.84" in cells[0].get_text()
    assert [step.get_text(strip=True) for step in hms.soup.select(".steps .done")] == ["Fil", "Kolonner"]
    hms.press("Importer 1")
    assert len(hms.soup.select(".steps .done")) == 4


def test_a_list_is_looked_over_corrected_in_place_and_applied(house: House, hms: Page) -> None:
    text = (
        "Fornavn;Etternavn;E-post;Mobil;Fødselsdag;Fødselsnummer;Avdeling;Skonr\r\n"
        f"{INGRID};ingrid@ny.example;412 44 845;14.03.1984;{NUMBER};Bergen;7\r\n"
        "Ny;Åsen;ny@fjordbygg.example;123;;;Bergen;8\r\n"
        "Mohamed;Aden;mohamed.aden@fjordbygg.example;12345612;02.11.1990;;Bergen;9\r\n"
        "Kari;Ukjent;kari.u@fjordbygg.example;;;;Månen;10\r\n"
    )
    send(hms, text)
    assert hms.h1 == "Se over lista"
    assert counts(hms).startswith("1 endret 1 uendret 2 feil")
    assert hms.has("Disse kolonnene er ikke tatt med: Skonr.")
    assert "Endres: e-post, mobilnummer" in row(hms, 2)
    assert "Fødselsnummer: oppgitt" in row(hms, 2)
    assert "Et norsk nummer har 8 sifre, og her står det 3." in row(hms, 3)
    assert "«Månen» er ikke blant avdelingene du har." in row(hms, 5)
    assert events(house) == [], "something was changed before anybody said so"

    hms.fill(mobile="12345699").press("Rett")
    assert hms.flash == "Rad 3 er rettet. 1 rad med feil igjen."
    if house.mode == "htmx":
        assert row(hms, 3).endswith("ny"), "the row itself is another now"
        assert row(hms, 2), "the other rows stayed"
    assert "1 ny" in counts(hms)
    assert "1 feil" in counts(hms)
    hms.press("Ta ut raden")
    assert hms.flash == "Rad 5 er tatt ut av lista."
    hms.press("Importer 2")
    assert hms.h1 == "Importen er ferdig"
    assert hms.has("1 lagt til")
    assert hms.has("1 endret")
    assert events(house) == [
        ("employee.added", "ny@fjordbygg.example"),
        ("employee.changed", "ingrid@ny.example"),
        *[("employee.national_id_changed", "")] * (("employee.national_id_changed", "") in events(house)),
    ]
    hms.follow("Se ansatte").fill(q="ny åsen").press("Søk")
    assert [found[0] for found in hms.rows] == ["Ny Åsen"]
    with house.behind() as db:
        found = db.scalars(select(Import)).one()
        assert found.sealed is None, "the list is kept although nobody needs it"
        assert {"added", "changed"} <= set(db.scalars(select(AuditEntry.action).where(AuditEntry.about.like("emp%"))))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_our_own_export_changes_nothing_and_holds_no_identity_number(quiet_house: House, kind: str) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/employees")
    for filters in ("", "?inactive=1", "?q=no"):
        answer = hms.send("GET", f"/employees.{kind}{filters}")
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="ansatte-2026-10-01.{kind}"')
        send(hms, answer.content, f"x.{kind}")
        assert re.fullmatch(r"\d+ uendret", counts(hms)), counts(hms)
        assert hms.has("0 endringer")
        assert not [button for button in hms.soup.select("button") if button.get_text().startswith("Importer")]
    with quiet_house.behind() as db:
        assert db.scalar(select(func.count(NationalId.employee_id)))
    assert hms.send("GET", "/employees.csv?unit=999999").status_code == 404
    bergen = hms.open("/employees").option("unit", "Bergen")
    text = hms.send("GET", f"/employees.csv?unit={bergen}").text
    assert {line.split(";")[6] for line in text.splitlines()[1:]} == {"Bergen"}


@pytest.mark.parametrize("filters", ["", "?q=fjordbygg"])
@pytest.mark.parametrize("meanwhile", ["renamed", "gone"])
def test_who_changes_while_the_file_is_read_takes_nobody_out_of_it(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, filters: str, meanwhile: str
) -> None:
    """The last of the first batch stands elsewhere, or is not in the list any more, before the second is read."""
    hms = quiet_house.sign_in("hms.fjord")

    def ids() -> list[str]:
        return [line.split(";")[0] for line in hms.send("GET", f"/employees.csv{filters}").text.splitlines()[1:]]

    before = ids()
    monkeypatch.setattr(export, "_AT_ONCE", 7)
    changed: list[int] = []

    def and_then_it_changes(*args: Any) -> Found[EmployeeRow]:
        found = find_employees(*args)
        if not changed:
            changed.append(found.rows[-1].id)
            with quiet_house.behind() as db:
                employee = db.get_one(Employee, changed[0])
                if meanwhile == "renamed":
                    employee.family_name = "Åååå"
                else:
                    employee.deactivated_at = NOW
                db.commit()
        return found

    monkeypatch.setattr(export, "find_employees", and_then_it_changes)
    after = ids()
    assert changed == [int(before[6])]
    assert set(before) <= set(after)


def test_who_a_row_is_about_by_id_number_address_and_name(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    send(
        hms,
        "Portal-ID;Navn;E-post;Fødselsdato;Fødselsnummer;Mobil\r\n"
        ";Solbakken, Ingrid Marie;;;" + NUMBER + ";12345611\r\n"
        ";Mohamed Aden;Mohamed.ADEN@fjordbygg.example;;;12345612\r\n"
        ";Marek Nowak;marek@ny.example;23/05/1992;;12345613\r\n"
        "999999;Ola Ukjent;ola@fjordbygg.example;;;\r\n"
        ";Ny Person;ny.person@fjordbygg.example;1992-05-23T00:00:00;;\r\n"
        ";Mohamed Aden;mohamed.aden@fjordbygg.example;;;\r\n",
    )
    assert "Endres: fornavn" in row(hms, 2)
    assert "I portalen er navnet Ingrid Solbakken." in row(hms, 2)
    assert row(hms, 3).endswith("uendret")
    assert "Endres: e-post" in row(hms, 4)
    assert "Ingen av dine ansatte har denne ID-en." in row(hms, 5)
    assert "Velg bedrift/avdeling." in row(hms, 6)
    assert "Den samme ansatte står også på rad 3." in row(hms, 7)


def test_a_complete_list_asks_who_has_left_and_takes_only_those_who_are_ticked(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann")
    text = leder.send("GET", "/employees.csv").text
    lines = text.splitlines(keepends=True)
    names = [" ".join(line.split(";")[1:3]) for line in lines]
    send(leder, "".join(lines[:1] + lines[3:]).encode(), complete="1")
    boxes = [" ".join(label.get_text(" ", strip=True).split()) for label in leder.soup.select(".leavers label")]
    assert sorted(boxes) == sorted(names[1:3])
    first = leder.soup.select_one(".leavers input")
    assert first is not None
    leder.fill(leaver=str(first["value"])).press("Deaktiver de avkryssede")
    assert leder.has("1 deaktivert")
    with quiet_house.behind() as db:
        assert db.get_one(Employee, int(str(first["value"]))).deactivated_at is not None
        assert not db.scalars(
            select(SignUp).where(SignUp.employee_id == int(str(first["value"])), SignUp.state == "confirmed")
        ).all()
    send(leder, text.encode())
    assert "er deaktivert i portalen, og blir aktivert igjen." in leder.soup.get_text()
    leder.press("Importer 1")
    assert ("employee.reactivated", "") in [(kind, "") for kind, _ in events(quiet_house)]


def test_sent_twice_it_is_applied_once(quiet_house: House) -> None:
    hms = send(quiet_house.sign_in("hms.fjord"), delimited(rows=[HEADINGS, *PEOPLE]))
    form = hms.soup.select_one("#application-form")
    assert form is not None
    fields = [*hms.fields(form)]
    answers = [hms.send("POST", str(form["action"]), fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [kind for kind, _ in events(quiet_house)] == ["employee.added"] * 2
    hms.open(answers[1].headers["location"])
    assert hms.h1 == "Importen er ferdig"


def test_what_was_seen_is_what_is_done_or_nothing(quiet_house: House) -> None:
    """Somebody else adds the same person between the look and the button."""
    hms = send(quiet_house.sign_in("hms.fjord"), delimited())
    other = send(quiet_house.sign_in("hms.fjord"), delimited())
    other.press("Importer 2")
    page = hms.press("Importer 2")
    assert page.status_code == 409
    assert page.has("Noe er endret siden lista ble lest, og ingenting er lagret. Se over på nytt.")
    assert counts(page) == "2 uendret"
    assert len(events(quiet_house)) == 2


def test_without_known_headings_one_says_what_the_columns_are(house: House, hms: Page) -> None:
    rows = [[*person, NUMBER if at else ""] for at, person in enumerate(PEOPLE)]
    hms.open("/employees/imports").fill(pasted=delimited("\t", rows=rows)).press("Se over lista")
    assert hms.h1 == "Hva står i kolonnene?"
    chosen = [str(option["value"]) for option in hms.soup.select("select[name=meaning] option[selected]")]
    assert chosen == ["given_name", "family_name", "email", "mobile", "birth_date", "unit", "national_id"]
    assert hms.has("148384*****")
    hms.press("Se over lista")
    assert hms.h1 == "Se over lista"
    assert "Ola Nordmann" in row(hms, 2)
    assert house.mode


HARMFUL = {
    "tom.csv": b"",
    "nuller.xlsx": bytes(9_000_000),
    "bombe.xlsx": golden.BOMB,
    "gammel.xls": b"\xd0\xcf\x11\xe0" + bytes(600),
    "liste.xlsx": b"%PDF-1.4",
}


def test_what_is_no_list_is_a_page_that_says_what_to_do(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    for filename, content in HARMFUL.items():
        page = send(hms, content, filename)
        assert page.status_code == 422, filename
        assert page.problems, filename
    assert send(hms, bytes(50_000_000), "nuller.csv").status_code == 413
    hms.open("/employees/imports").press("Se over lista")
    assert hms.problems == ["Velg en fil, eller lim inn lista."]
    page = send(hms, golden.workbook(), "ansatte.xlsx")
    assert counts(page) == "2 ny"


def test_identity_numbers_are_sealed_and_never_come_back(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    text = (
        "Fornavn;Etternavn;E-post;Fødselsnummer;Avdeling\r\n"
        f"Ny {NUMBER};Nordmann;ny@fjordbygg.example;;Bergen\r\n"
        "Feil;Siffer;feil@fjordbygg.example;29829624884;Bergen\r\n"
        f"Rett;Siffer;rett@fjordbygg.example;{OTHER_NUMBER};Bergen\r\n"
        "Null;Foran;null@fjordbygg.example;7877840721;Bergen\r\n"
    )
    page = send(hms, text)
    assert "Her står det et fødselsnummer." in row(page, 2)
    assert "Kontrollsifrene i fødselsnummeret stemmer ikke." in row(page, 3)
    assert "29829624884" not in page.response.text
    with quiet_house.behind() as db:
        kept = db.scalars(select(Import)).one()
        assert kept.sealed
        assert OTHER_NUMBER not in kept.sealed
    page.press("Importer 2 uten feil")
    assert page.has("2 ikke importert")
    with quiet_house.behind() as db:
        told = select(Message).where(Message.kind == "employee.national_id_changed")
        assert len(db.scalars(told).all()) == 2, "the zero that Excel took away is there again"


def test_a_list_is_its_senders_alone_and_gone_after_a_day(quiet_house: House) -> None:
    hms = send(quiet_house.sign_in("hms.fjord"), delimited())
    url = hms.url
    for name in ("Tester", "anna.ka", "leder.brann"):
        assert quiet_house.sign_in(name).send("GET", url).status_code == 404
    assert hms.open(url).press("Slett lista uten å importere").flash == "Lista er slettet. Ingen ansatte er endret."
    assert hms.send("GET", url).status_code == 404
    send(hms, delimited())
    old = hms.url
    quiet_house.clock.advance(KEPT + timedelta(minutes=1))
    again = quiet_house.sign_in("hms.fjord")
    assert again.send("GET", old).status_code == 404
    send(again, delimited())
    with quiet_house.behind() as db:
        assert len(db.scalars(select(Import)).all()) == 1


@pytest.mark.rest  # thousands of rows
def test_thousands_of_rows_are_looked_over_and_applied_while_others_go_on(quiet_house: House) -> None:
    hms, other = quiet_house.sign_in("hms.fjord"), quiet_house.sign_in("Tester")
    people = [
        [f"A{at % 97}", f"Etternavn{at:b}".translate(LETTERS), f"a{at}@x.example", "", "", "Bergen"]
        for at in range(2000)
    ]
    hms.open("/employees/imports")
    meanwhile = 0

    async def both(token: str, content: bytes) -> str:
        nonlocal meanwhile
        sending = asyncio.ensure_future(
            hms._client.post("/employees/imports", data={"csrf_token": token}, files={"file": ("a.csv", content)})
        )
        while not sending.done():
            assert (await other._client.get("/orders?number=307390")).status_code == 200
            meanwhile += 1
            await asyncio.sleep(0)
        return str((await sending).headers["location"])

    url = quiet_house._loop.wait(both(hms.token(), delimited(rows=[HEADINGS, *people]).encode()))
    assert meanwhile > 2
    page = hms.open(url)
    assert counts(page) == "2 000 ny"
    page.press("Importer 2 000")
    assert quiet_house.work() == 1
    page.open(url)
    assert page.has("2 000 lagt til")
    assert len(events(quiet_house)) == 2000


@pytest.mark.rest  # thousands of rows
def test_who_writes_while_a_long_list_is_applied_waits_for_a_chunk_and_holds_nobody_up(quiet_house: House) -> None:
    """On SQLite there is one write lock: without its turn a writer would stop the whole loop."""
    hms, writer, reader = (quiet_house.sign_in(name) for name in ("hms.fjord", "Tester", "leder.brann"))
    people = [
        [f"A{at % 97}", f"Etternavn{at:b}".translate(LETTERS), f"a{at}@x.example", "", "", "Bergen"]
        for at in range(3000)
    ]
    send(hms, delimited(rows=[HEADINGS, *people]))
    assert hms.press("Importer 3 000").has("Lista sees over en siste gang")
    writer.open("/orders/307390")
    reference = {"csrf_token": writer.token(), "reference": "imens"}
    finished: list[str] = []

    async def ask(page: Page, what: str, method: str, url: str, data: dict[str, str] | None = None) -> None:
        answer = await page._client.request(method, url, data=data)
        assert answer.status_code in {200, 303}
        finished.append(what)

    async def all_at_once() -> None:
        applying = asyncio.ensure_future(asyncio.to_thread(quiet_house.work))
        await asyncio.sleep(0.5)
        writing = asyncio.ensure_future(ask(writer, "reference", "POST", "/orders/307390/reference", reference))
        await ask(reader, "page", "GET", "/orders")
        await writing
        assert not applying.done()
        assert await applying == 1

    quiet_house._loop.wait(all_at_once())
    assert sorted(finished) == ["page", "reference"]
    assert hms.open(hms.url).has("3 000 lagt til")


def test_what_was_stopped_in_between_goes_on_where_it_was(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two chunks, and somebody changes an employee meanwhile: nothing is done twice, nothing undone."""
    monkeypatch.setattr(application, "_AT_ONCE", 2)
    hms = quiet_house.sign_in("hms.fjord")
    people = [[f"A{at}", "Etternavn", f"a{at}@x.example", "", "", "Bergen"] for at in range(5)]
    send(hms, delimited(rows=[HEADINGS, *people])).press("Importer 5")
    listed = [[*one[:3], "90000001", *one[4:]] for one in people] + [
        [f"B{at}", "Etternavn", f"b{at}@x.example", "", "", "Bergen"] for at in range(5)
    ]
    send(hms, delimited(rows=[HEADINGS, *listed]))
    chunks = count(1)

    def killed(*words: Any) -> None:
        if next(chunks) == 4:  # three chunks have added five, and the next one would change two
            raise MemoryError
        application.apply(*words)

    at = hms.url
    with monkeypatch.context() as patched:
        patched.setattr(applications, "apply", killed)
        assert hms.press("Importer 10").status_code == 503, "some of it is kept"
    page = quiet_house.sign_in("hms.fjord").open(at)
    assert (page.h1, page.has("5 av 10 er gjort")) == ("Importen er i gang", True)
    assert page.open("/employees/imports").has("5 av 10 er gjort")
    with quiet_house.behind() as db:
        overtaken = db.scalars(select(Employee).where(Employee.email == "a1@x.example")).one()
        overtaken.mobile = "90000002"
        db.commit()
    quiet_house.clock.advance(timedelta(minutes=1))
    page.open(at).press("Fortsett importen")
    assert page.has("Importen venter på tur")
    assert quiet_house.work() == 1
    page.open(at)
    assert page.has("5 lagt til"), page.soup.get_text(" ", strip=True)
    assert page.has("4 endret")
    assert page.has("1 endret av noen andre imens, og ikke importert")
    assert not page.open("/employees/imports").has("er gjort")
    kinds = Counter(kind for kind, _ in events(quiet_house))
    assert kinds == {"employee.added": 10, "employee.changed": 4}
    with quiet_house.behind() as db:
        mobiles = Counter(db.scalars(select(Employee.mobile).where(Employee.email.like("a_@x.example"))))
        assert mobiles == {"90000001": 4, "90000002": 1}
        *applied, rest = db.scalars(select(Import).order_by(Import.id)).all()
        assert [(one.sealed, one.rest_id) for one in applied] == [(None, None), (None, rest.id)]
        assert rest.items == 1, "only who was overtaken waits"


def test_what_is_not_certain_is_asked_once_and_shown_as_it_was_understood(house: House, hms: Page) -> None:
    send(
        hms,
        "Fornavn;Etternavn;E-post;Født;Mobil;Avdeling;Status\r\n"
        "Kari;Prøve;kari.p@fjordbygg.example;03/04/1984;+46 (0)70 123 45 67;Bergen;Aktiv\r\n"
        "Per;Prøve;per.p@fjordbygg.example;02/03/1979;4741244802;Bergen;Pensjonist\r\n",
    )
    assert hms.h1 == "Hvordan skal lista leses?"
    assert hms.has("Måned, dag, år: 03/04/1984 er 04.03.1984, 02/03/1979 er 03.02.1979")
    hms.press("Se over lista")
    assert hms.status_code == 422
    assert hms.has("Svar på alle spørsmålene, så vi ikke gjetter.")
    hms.fill(**{"answer-0": "mdy", "answer-1": "left"}).press("Se over lista")
    assert hms.h1 == "Se over lista"
    assert "04.03.1984 lest fra 03/04/1984" in row(hms, 2)
    assert "+46701234567 lest fra +46 (0)70 123 45 67" in row(hms, 2)
    assert "Har sluttet, og er ikke i portalen." in row(hms, 3)
    assert counts(hms) == "1 ny 1 sluttet"
    hms.follow("Endre svarene")
    assert [str(radio["value"]) for radio in hms.soup.select("input[type=radio][checked]")] == ["mdy", "left"]
    hms.fill(**{"answer-0": "dmy", "answer-1": "active"}).press("Se over lista")
    assert "03.04.1984 lest fra 03/04/1984" in row(hms, 2)
    hms.press("Importer 2")
    with house.behind() as db:
        found = db.scalars(select(Employee).where(Employee.email.in_(["kari.p@fjordbygg.example"]))).one()
        assert (found.birth_date.isoformat(), found.mobile) == ("1984-04-03", "+46701234567")  # type: ignore[union-attr]  # it is there


def test_who_has_left_by_the_list_is_deactivated_by_a_tick_alone(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann")
    lines = leder.send("GET", "/employees.csv").text.splitlines(keepends=True)
    person = lines[1].replace("Aktiv", "Fratrådt")
    send(leder, (lines[0] + person).encode())
    assert counts(leder) == "1 sluttet"
    assert leder.has("Lista sier at de har sluttet, og de er aktive i portalen.")
    first = leder.soup.select_one(".leavers input")
    assert first is not None
    leder.fill(leaver=str(first["value"])).press("Deaktiver de avkryssede")
    assert leder.has("1 deaktivert")
    send(leder, (lines[0] + person).encode())
    assert counts(leder) == "1 uendret", "nobody who has left comes back by a list"


def test_a_column_that_was_left_aside_can_be_chosen_and_a_guess_is_looked_over(house: House, hms: Page) -> None:
    send(hms, "Fornavn;Etternavn;Nås på;Direkte;Avdeling\r\nKari;Prøve;kari.p@fjordbygg.example;41244801;Bergen\r\n")
    assert hms.h1 == "Hva står i kolonnene?"
    assert hms.has("Kolonne 3: «Nås på»")
    chosen = [str(option["value"]) for option in hms.soup.select("select[name=meaning] option[selected]")]
    assert chosen == ["given_name", "family_name", "email", "mobile", "unit"]
    form = hms.soup.select_one("#columns-form")
    assert form is not None
    fields = [(name, "" if value == "mobile" else value) for name, value in hms.fields(form)]
    hms.open(hms.send("POST", str(form["action"]), fields).headers["location"])
    assert hms.has("Disse kolonnene er ikke tatt med: Direkte.")
    hms.follow("Velg kolonner")
    assert hms.h1 == "Hva står i kolonnene?"
    assert house.mode


def test_someone_elses_number_changes_nobody_without_a_tick(house: House, hms: Page) -> None:
    send(
        hms,
        "Fornavn;Etternavn;E-post;Fødselsdato;Fødselsnummer;Avdeling\r\n"
        f"Per;Hansen;per.h@fjordbygg.example;01.01.1970;{NUMBER};Bergen\r\n",
    )
    assert counts(hms) == "1 feil"
    assert "Fødselsnummeret er registrert på Ingrid Solbakken" in row(hms, 2)
    hms.fill(same_person="1").press("Rett")
    assert counts(hms).startswith("1 endret")
    assert house.mode


def test_the_list_that_went_out_comes_back_unchanged_whoever_saved_it(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    send(hms, ours("csv")).press("Importer 3")
    for name, content in every_way().items():
        send(hms, content, name)
        assert counts(hms) == "3 uendret", name
        assert hms.has("0 endringer"), name
