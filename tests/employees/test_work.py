"""Ansattnummer, Stilling and Gruppe: optional in form, search, import, export and the CRM; a number is one's alone."""

import csv
import io

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.employees.employee import Employee
from models.employees.work import read_employee_number, read_groups, read_job_title
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

WORK = {"employee_number": "a-0012", "job_title": "Fagarbeider  betong", "groups": "Støy, nattarbeid,  STØY"}


@pytest.mark.parametrize(
    ("read", "typed", "is_read"),
    [
        (read_employee_number, " 0042 ", "0042"),
        (read_employee_number, "emp-7/b", "EMP-7/B"),
        (read_employee_number, "000", None),
        (read_employee_number, "", None),
        (read_job_title, "  HMS-rådgiver   ", "HMS-rådgiver"),
        (
            read_groups,
            "Vold og trusler; støy\nNattarbeid | asbest",
            ("asbest", "nattarbeid", "støy", "vold og trusler"),
        ),
        (read_groups, "åpen, ørsta, støv / gass", ("gass", "støv", "ørsta", "åpen")),
        (read_groups, " , ;", ()),
    ],
)
def test_each_is_read_as_people_write_it(read: object, typed: str, is_read: object) -> None:
    assert callable(read)
    assert read(typed) == is_read


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (read_employee_number, "7" * 21),
        (read_employee_number, "-7"),
        (read_employee_number, "120523*****"),
        (read_job_title, "a" * 101),
        (read_groups, "b" * 41),
        (read_groups, ",".join(str(number) for number in range(11))),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(read: object, typed: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=r"\.$"):
        read(typed)


def saved(page: Page) -> Page:
    """Press the Lagre that saves everything."""
    form = page.soup.select_one("#employee-form")
    assert form
    return page.submit(form, form.find_all("button", string="Lagre")[-1])


def found(page: Page, **query: str) -> list[str]:
    return [row[0] for row in page.open("/employees?" + "&".join(f"{k}={v}" for k, v in query.items())).rows]


def number_of(house: House, name: str) -> int:
    with house.behind() as db:
        ids = select(Employee.id).where(Employee.given_name == name, Employee.unit_id.is_not(None))
        return int(db.scalars(ids.order_by(Employee.id)).first() or 0)


def test_they_are_saved_shown_found_exported_logged_and_told(house: House, tester: Page) -> None:
    dolly = number_of(house, "Dolly")
    page = saved(tester.open(f"/employees/{dolly}/edit").fill(**WORK))
    assert page.flash == "Endringene er lagret."
    shown = tester.open(f"/employees/{dolly}")
    assert [shown.has(text) for text in ("A-0012", "Fagarbeider betong", "ansattnummer, stilling, gruppe")] == [
        True
    ] * 3
    edited = tester.open(f"/employees/{dolly}/edit")
    assert edited.value("groups") == "nattarbeid, støy"
    assert edited.soup.select_one("#employee-form details[open]")
    for text in ("A-0012", "a-00", "0012", "betong", "støy", "stoy", "nattarb"):
        assert found(tester, q=text) == ["Dolly Duck"], text
    assert found(tester, group="Støy") == found(tester, group="støy", q="dolly") == ["Dolly Duck"]
    assert found(tester, group="stø") == found(tester, group="støy", q="donald") == []
    sent = tester.send("GET", "/employees.csv?group=støy").text
    table = list(csv.reader(io.StringIO(sent.lstrip("\ufeff")), delimiter=";"))
    assert [line[7:10] for line in table if len(line) > 9] == [
        ["Ansattnummer", "Stilling", "Gruppe"],
        ["A-0012", "Fagarbeider betong", "nattarbeid, støy"],
    ]
    with house.behind() as db:
        told = db.scalars(select(Message).where(Message.about == f"employee:{dolly}").order_by(Message.id)).all()[-1]
        mine = select(AuditEntry).where(AuditEntry.about == f"employee:{dolly}").order_by(AuditEntry.id)
        logged = db.scalars(mine).all()[-1]
    assert told.payload["groups"] == ["nattarbeid", "støy"] == logged.changed["after"]["groups"]
    assert told.payload["fields"] == ["employee_number", "job_title", "groups"]
    assert logged.changed["before"] == {"employee_number": None, "job_title": None, "groups": []}


def test_a_number_is_one_s_alone_among_those_who_are_active(house: House, tester: Page) -> None:
    dolly, donald = number_of(house, "Dolly"), number_of(house, "Donald")
    taken = "Ansattnummer 12 har Dolly Duck, Demokunde_Test, allerede."

    def numbered(id: int, number: str) -> Page:
        return saved(tester.open(f"/employees/{id}/edit").fill(employee_number=number))

    assert numbered(dolly, "12").status_code in {200, 303}
    refused = numbered(donald, "12")
    assert (refused.status_code, refused.problems) == (422, [taken])
    for field in ("employee_number", "mobile"):
        refused = saved(tester.open(f"/employees/{donald}/edit").fill(**{field: "148384 19861"}))
        not_here = "Her står det et fødselsnummer. Det hører bare hjemme i feltet for fødselsnummer."
        assert (refused.status_code, refused.problems) == (422, [not_here]), field
    new = tester.open("/employees/new").fill(
        given_name="Kari", family_name="Ny", email="kari@ny.example", employee_number="12"
    )
    refused = new.press("Lagre")
    assert (refused.status_code, refused.problems, refused.value("given_name")) == (422, [taken], "Kari")
    with house.behind() as db:
        db.get_one(Employee, dolly).deactivated_at = NOW
        db.commit()
    given = numbered(donald, "12")
    assert (given.problems, given.flash) == ([], "Endringene er lagret."), "who has left needs it no more"
    back = tester.open(f"/employees/{dolly}").press("Aktiver igjen")
    assert back.flash == "Ansattnummer 12 har Donald Duck, Demokunde_Test, allerede. Gi den ene et annet nummer først."
    assert found(tester, inactive="1") == ["Dolly Duck"]


def test_a_list_tells_them_and_a_row_is_known_by_its_number(house: House, tester: Page) -> None:
    def bring(text: str) -> Page:
        return tester.open("/employees/imports").fill(pasted=text).press("Se over lista")

    heads = "Lønnsnr\tFornavn\tEtternavn\tE-post\tStillingstittel\tRisikogrupper"
    page = bring(f"{heads}\n077\tDonald\tDuck\tDonald.Duck@testeren.no\tKranfører\tStøy; vibrasjon")
    assert page.has("ansattnummer, stilling, gruppe")
    page.press("Importer 1")
    donald = number_of(house, "Donald")
    assert found(tester, group="vibrasjon") == ["Donald Duck"]
    page = bring("Ansattnr\tFornavn\tEtternavn\tE-post\n077\tDonald\tDuck-Hansen\tny.adresse@testeren.no")
    assert page.has("Endres: etternavn, e-post"), "another name and address, and still known"
    page.press("Importer 1")
    with house.behind() as db:
        now = db.get_one(Employee, donald)
        assert (now.family_name, now.employee_number, now.groups) == ("Duck-Hansen", "077", ("støy", "vibrasjon"))
    page = bring("Portal-ID\tAnsattnr\n{}\t077".format(number_of(house, "Dolly")))
    assert page.has("Ansattnummer 077 har Donald Duck-Hansen allerede.")
