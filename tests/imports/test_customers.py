"""Customers from a list: what each cell may say, and that a list adds and completes, once."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

import app
from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.units import Unit
from models.exchange.sheets import files as spreadsheet
from models.imports.customers.headings import NAMES, TEMPLATE, Column, is_list, lines_of
from models.imports.customers.reading import Manager, Read, read_rows
from models.outbox.message import Message
from models.users.user import Grant, User
from models.values.tables import Table, Unreadable
from tests.stage.house import House
from tests.stage.portals.opening import Opening

GOOD = {Column.CUSTOMER: "Første AS", Column.NUMBER: "315 908 302"}
USER = {Column.FULL_NAME: "Kari Nord", Column.EMAIL: "kari@kunden.example", Column.RIGHTS: "bestilling og ansatte"}
LIST = """Kunde;Org.nr.;Avd.;Avdelingens orgnr;Kundeansvarlig;Kontaktperson;E-post;Brukernavn;Tilganger;Fargekode
Første AS;315908302;;;Ada Berg <ada@bht.example>;Kari Nord;kari@kunden.example;;alle;blå
;NO 315 908 302 MVA;Verkstedet;;;;;;;
;315908302;Drift > Lageret;313082466;ada@bht.example;Ola Vik;ola@kunden.example;ola.vik;bestilling, ansatte;
;315908302;Verkstedet;;;Ola Vik;ola@kunden.example;OLA.VIK;faktura;
Andre AS;311661310;Lageret;;Ukjent Person;;;;;
Andre AS;311661310;;;;Ola Vik;ola@kunden.example;ola.vik;rapporter;
"""


def read(*rows: dict[Column, str]) -> list[Read]:
    table = Table()
    for number, cells in enumerate([NAMES, *rows], 1):
        table.add(number, [cells.get(column, "") for column in Column])
    lines, columns, unknown = lines_of(table)
    assert columns == tuple(Column)
    assert not unknown
    return read_rows(lines, columns, date(2026, 9, 1))


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({}, None, ""),
        (USER, None, ""),
        ({Column.NUMBER: ""}, Column.NUMBER, "Skriv kundens organisasjonsnummer."),
        ({Column.NUMBER: "315908303"}, Column.NUMBER, "Kontrollsifferet stemmer ikke."),
        ({Column.CUSTOMER: "x" * 201}, Column.CUSTOMER, "lengre enn 200 tegn"),
        ({Column.CUSTOMER: "Per 14838419861"}, Column.CUSTOMER, "Her står det et fødselsnummer."),
        ({Column.UNIT: "Drift >"}, Column.UNIT, "med et navn på hver side"),
        ({Column.UNIT_NUMBER: "313082466"}, Column.UNIT, "Skriv navnet på avdelingen"),
        ({Column.AGREEMENT: "BHT", Column.UNTIL: "31.12.2027"}, None, ""),
        ({Column.UNTIL: "31.12.2027"}, Column.AGREEMENT, "Skriv hva avtalen gjelder"),
        ({Column.AGREEMENT: "BHT", Column.UNTIL: "31.13.2027"}, Column.UNTIL, "ato"),
        ({Column.AGREEMENT: "BHT", Column.UNIT: "Drift"}, Column.AGREEMENT, "En avtale er hele kundens."),
        ({Column.AGREEMENT: "x" * 101}, Column.AGREEMENT, "lengre enn 100 tegn"),
        ({Column.MANAGER: "Ada <ada>"}, None, ""),
        ({Column.MANAGER: "ada@bht"}, Column.MANAGER, "e-postadresse"),
        ({**USER, Column.FULL_NAME: ""}, Column.FULL_NAME, "Skriv navnet på brukeren."),
        ({**USER, Column.EMAIL: ""}, Column.EMAIL, "Dit går invitasjonen."),
        ({**USER, Column.RIGHTS: ""}, Column.RIGHTS, "Skriv minst én rettighet"),
        ({**USER, Column.RIGHTS: "alt annet"}, Column.RIGHTS, "«alt annet» er ingen rettighet."),
        ({**USER, Column.USERNAME: "kari nord"}, Column.USERNAME, "ingen mellomrom"),
    ],
)
def test_each_cell_that_cannot_be_read_says_why(cells: dict[Column, str], column: Column | None, sentence: str) -> None:
    [one] = read({**GOOD, **cells})
    assert [*one.row.faults] == ([column.value] if column else [])
    assert sentence in "".join(one.row.faults.values())


def test_rows_are_read_as_people_write_them_and_beside_each_other() -> None:
    first, second, third = read(
        {**GOOD, **USER, Column.UNIT: "Drift >  Lageret", Column.MANAGER: "Ada Berg (ada@bht.example)"},
        {**GOOD, Column.CUSTOMER: "Andre AS"},
        {
            Column.NUMBER: "311661310",
            **USER,
            Column.USERNAME: "KARI@kunden.example",
            Column.EMAIL: "annen@kunden.example",
        },
    )
    assert (first.number, first.path, first.username) == ("315908302", ("Drift", "Lageret"), "kari@kunden.example")
    assert first.rights == {Right.ORDERS, Right.EMPLOYEES}
    assert first.manager == Manager("Ada Berg", "ada@bht.example")
    assert "Kunden heter «Første AS» på rad 2." in second.row.faults.values()
    assert "Rad 2 har brukernavnet med en annen e-postadresse." in third.row.faults.values()
    assert not any(one.row.faults for one in read(*(dict(zip(Column, cells, strict=True)) for cells in TEMPLATE)))
    with pytest.raises(Unreadable, match="Lista mangler kolonnen Organisasjonsnummer"):
        lines_of(Table())


def test_d8_the_desk_looks_a_list_over_lets_it_be_corrected_and_brings_in_what_was_seen(house: House) -> None:
    kam = house.sign_in("kam.lie").open("/desk/customers").follow("Importer")
    kam.press("Se over lista")
    assert kam.problems == ["Velg en fil, eller lim inn lista."]
    kam.fill(pasted="Navn;Org\nA;B").press("Se over lista")
    assert any("Lista mangler kolonnen Organisasjonsnummer." in problem for problem in kam.problems)
    written = LIST.replace("Andre AS", "Andre 14838419861").replace("311661310", "912345610")
    written = written.replace("315908302", "912345602").replace("315 908 302", "912 345 602")
    kam.attach("file", "kunder.csv", written.encode("latin-1")).press("Se over lista")
    assert kam.has("Disse kolonnene er ikke tatt med: Fargekode.")
    assert kam.has("Kunde: Her står det et fødselsnummer.")
    assert "Andre 148384*****" in kam.value("pasted")
    tags = [tag.get_text() for tag in kam.soup.select("#rows tr .tag")]
    assert tags == ["feil", "feil", "ny", "ny", "ny", "ny"], "what is wrong comes first"
    assert kam.has("Ny bruker ola.vik: bestilling, ansatte")
    with house.behind() as db:
        assert db.scalar(select(Customer.id).where(Customer.organisation_number == "912345602")) is None, "not kept"
    kam.press("Importer 4 rader")
    assert kam.has("4 rader er importert.")
    assert kam.has("2 rader er ikke tatt med.")
    kam.fill(pasted=kam.value("pasted").replace("Andre 148384*****", "Andre AS").replace("Ukjent Person", "Ada Berg"))
    kam.press("Se over på nytt")
    again = house.sign_in("kam.lie").open(kam.url).fill(pasted=kam.value("pasted")).press("Se over lista")
    kam.press("Importer 2 rader")
    assert kam.flash == "2 rader er importert."
    again.press("Importer 2 rader")
    assert again.response.status_code == 409
    assert again.has("Noe er endret siden lista ble lest, og ingenting er lagret.")
    assert not again.soup.select("#application-form")
    page = kam.follow("Andre AS")
    assert page.has("Lageret")
    assert page.has("Ola Vik")
    workbook = kam.send("GET", "/desk/customers/import/template.xlsx").content
    assert lines_of(spreadsheet.read(workbook, is_list))[1] == tuple(Column)


def test_d8_a_list_opens_customers_and_the_same_list_changes_nothing(
    opened: Opening, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = Path(opened.settings.var) / "customers.csv"
    file.write_text(LIST, encoding="utf-8-sig")

    def command(*more: str) -> list[str]:
        assert app.main(["import-customers", str(file), *more]) == 1
        return capsys.readouterr().out.splitlines()

    with caplog.at_level("INFO"):
        looked = command("--check")
    assert "user changed" not in caplog.text, "nobody was"
    assert command()[: len(looked) - 1] == looked[:-1], "what was promised was done"
    first = (
        "row 2: ny kunde Første AS; ny bruker kari@kunden.example: bestilling, ansatte, fakturaer, rapporter, "
        "administrator; kundeansvarlig for Første AS: Ada Berg"
    )
    assert looked[:2] == ["left aside: Fargekode", first]
    refused = "row 6 refused: Kundeansvarlig: «Ukjent Person» er ingen kundeansvarlig ennå."
    assert [line[: len(refused)] for line in looked if "refused:" in line and line.startswith("row")] == [refused]
    assert command()[-1] == "new: 0, changed: 0, the same: 5, refused: 1"
    with opened.behind() as db:
        assert db.scalars(select(Customer.name).order_by(Customer.id)).all() == ["Første AS", "Andre AS"]
        assert db.scalars(select(Unit.name).order_by(Unit.id)).all() == [
            "Første AS", "Verkstedet", "Drift", "Lageret", "Andre AS"
        ]  # fmt: skip
        invited = select(Message.to).where(Message.kind == "password_invitation").order_by(Message.id)
        assert db.scalars(invited).all() == ["kari@kunden.example", "ola@kunden.example"], "one letter each"
        granted = select(Unit.name, Grant.orders, Grant.invoices, Grant.reports).join(Unit, Unit.id == Grant.unit_id)
        ola = granted.join(User, User.id == Grant.user_id).where(User.username == "ola.vik").order_by(Unit.name)
        assert [tuple(row) for row in db.execute(ola)] == [
            ("Andre AS", False, False, True),
            ("Lageret", True, False, False),
            ("Verkstedet", False, True, False),
        ]
        assert db.scalar(select(func.count()).select_from(User)) == 2
    file.write_text(LIST.replace("ola@kunden.example;ola.vik;rapporter", "annen@kunden.example;ola.vik;rapporter")
                    .replace("Første AS;315908302;;", "Andre navn AS;315908302;;"), encoding="utf-8")  # fmt: skip
    assert any("Brukernavn: Rad 4 har brukernavnet med en annen" in line for line in command())
    assert any("Kunde: I portalen heter kunden «Første AS»." in line for line in command())
