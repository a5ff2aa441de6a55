"""The frame around every page (N1, N3, N5, N6), and the pages of what goes wrong."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from models.orders.order import Order
from routes import MAP
from routes.tabs import TABS
from routes.web.entrance.place import Place
from routes.web.http.body import MEGABYTE
from routes.web.portal import Tab
from routes.web.visit import Visit
from tests.stage.house import House
from tests.stage.house_rules import pages
from tests.stage.page import Page

PLACES = [
    "/info",
    "/orders",
    "/orders/new",
    "/orders/307390",
    "/employees",
    "/units",
    "/guide",
    "/accessibility",
    "/finnes/ikke",
]
NUMBER = "14838419861"
HTMX = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#results"}


def test_n1_n3_n5_the_frame_is_on_every_page(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for url in PLACES:
        tester.open(url)
        assert tester.tabs == ["Info", "Bestilling", "Ansatte", "Fakturaer"], url
        assert tester.has("Du er logget inn som: Test Bruker (Tester)"), url
        assert tester.soup.find("button", string="Logg ut"), url
        assert tester.has("Klikk her for brukerveiledning: Avonova_kundeportal.pdf"), url


def test_b8_the_frame_names_the_company_and_leads_to_the_own_password(quiet_house: House) -> None:
    """Who has several customers sees in the list which one it is; the provider's people have none."""
    for username, company in {"Tester": "Demokunde_Test ", "anna.ka": "", "kam.lie": ""}.items():
        person = quiet_house.sign_in(username).open("/")
        beside = person.soup.select_one("header form:has(button.link) p")
        assert beside is not None
        assert " ".join(beside.get_text(" ").split()) == f"{company}Passord og innlogginger"
        assert person.follow("Passord og innlogginger").h1 == "Passord og innlogginger"


def test_n3_the_name_in_brackets_is_the_user_name(quiet_house: House) -> None:
    assert quiet_house.sign_in("TESTWEB").open("/info").has("Du er logget inn som: TESTWEB WEB (TESTWEB)")


def test_x3_without_the_right_there_is_no_tab(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord")
    for url in PLACES:
        assert okonomi.open(url).tabs == ["Info", "Fakturaer"], url


def test_who_is_not_signed_in_has_the_guide_and_no_tabs(quiet_house: House) -> None:
    visitor = quiet_house.visitor()
    for url in ("/login", "/guide", "/accessibility", "/finnes/ikke"):
        visitor.open(url)
        assert (visitor.tabs, visitor.soup.select("button[class=link]")) == ([], []), url
        assert visitor.has("Klikk her for brukerveiledning: Avonova_kundeportal.pdf"), url


def test_n5_the_guide_is_a_pdf_and_a_page(quiet_house: House) -> None:
    for person in (quiet_house.visitor().open("/login"), quiet_house.sign_in("Tester").open("/info")):
        link = person.soup.find("a", string="Avonova_kundeportal.pdf")
        assert link is not None
        pdf = person.send("GET", str(link["href"]))
        assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert person.follow("Brukerveiledning").status_code == 200


def current(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("[aria-current=page]")]


UNDER_NO_TAB = set(
    "root sign_in sign_in_code forget search desk_search units guide accessibility appointment alive ready".split()
)
BESIDE = ("/login/", "/logout/", "/password", "/alerts", "/guide/", "/log", "/contract")
"""What lies beside the tabs: signing in, access and its log, what is read, what programs ask."""


def test_n6_every_place_lies_under_one_tab_of_whoever_sees_it() -> None:
    """What is not said to lie beside the tabs lies under exactly one of its side of the portal."""
    paths = {line.name: line.path for line in MAP}
    for line in MAP:
        if line.method != "GET" or line.name in UNDER_NO_TAB or line.path.startswith(BESIDE):
            continue
        of = [tab.label for tab in TABS if lies_under(tab, paths, line.path)]
        assert len(of) == 1, (line.path, of)


def lies_under(tab: Tab, paths: dict[str, str], path: str) -> bool:
    own, held = paths[tab.route], [paths.get(place, place) for place in tab.holds]
    below = held if tab.alone else [own, *held]
    return path in {own, *held} or any(path.startswith((f"{place}/", f"{place}.")) for place in below)


def test_n6_the_tab_where_one_is_says_so(house: House, tester: Page) -> None:
    below = {
        "Info": ["/info", "/worklist"],
        "Bestilling": ["/orders", "/orders?number=307390", "/orders/new", "/orders/307390", "/bookings", "/calendar"],
        "Ansatte": ["/employees", "/employees?q=duck", "/employees/new", "/employees/2", "/employees/imports"],
        "Fakturaer": ["/invoices", "/account-statement"],
    }
    for tab, urls in below.items():
        for url in urls:
            assert current(tester.open(url)) == [tab], url
    for url in ("/guide", "/password", "/search?q=duck", "/units", "/accessibility", "/finnes/ikke"):
        assert current(tester.open(url)) == [], url
    assert current(tester.open("/orders").follow("Ny bestilling")) == ["Bestilling"]


def test_n6_the_first_thing_on_a_page_leads_past_the_frame(tester: Page) -> None:
    tester.open("/orders")
    first = tester.soup.select("body a, body button, body input")[0]
    assert (first.get_text(), first["href"]) == ("Hopp til innholdet", "#main")
    assert [heading.get_text() for heading in tester.soup.select("h1")] == ["Bestilling"]
    assert tester.soup.title
    assert tester.soup.title.get_text() == "Bestilling – Avonova Kundeportal"


def test_the_brand_is_a_setting(quiet_house: House) -> None:
    with quiet_house.with_settings(brand="Kundeportal", guide_file="Kundeportal.pdf", demo=False) as visitor:
        page = visitor().open("/login")
        assert not page.has("Avonova")
        assert not page.has("demo-tester")
        assert page.send("GET", "/guide/Kundeportal.pdf").status_code == 200
        assert page.send("GET", "/guide/Avonova_kundeportal.pdf").status_code == 404


# What goes wrong


def h1(html: str) -> str:
    heading = pages.check(html, document=True).h1
    return heading.get_text() if heading else ""


def test_another_host_is_refused(quiet_house: House) -> None:
    visitor = quiet_house.visitor()
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "127.0.0.1:x", "", "["):
        answer = visitor.send("GET", "/login", None, {"host": host})
        assert (answer.status_code, h1(answer.text)) == (400, "Forespørselen er ugyldig"), host
        assert "evil" not in answer.text
    for host in ("127.0.0.1", "127.0.0.1:4711", "LOCALHOST:8000", "[::1]:8000"):
        assert visitor.send("GET", "/login", None, {"host": host}).status_code == 200, host


def test_hosts_below_a_domain_can_be_allowed(quiet_house: House) -> None:
    with quiet_house.with_settings(allowed_hosts=("*.bht.example",)) as visitor:
        hosts = {"portal.bht.example": 200, "bht.example": 400, "evilbht.example": 400, "bht.example.evil": 400}
        answers = {host: visitor().send("GET", "/login", None, {"host": host}).status_code for host in hosts}
        assert answers == hosts


def test_too_much_is_refused_before_it_is_read(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open("/orders/new")
    answer = tester.send("POST", "/orders", [("csrf_token", tester.token()), ("description", "x" * 1_048_600)])
    assert (answer.status_code, h1(answer.text)) == (413, "Innholdet er for stort")
    many = [("csrf_token", tester.token()), *[("unit", "1")] * 2100]
    answer = tester.send("POST", "/orders", many)
    assert (answer.status_code, h1(answer.text)) == (400, "Forespørselen er ugyldig")


def test_a_route_may_take_a_large_file_from_somebody_with_a_session(quiet_house: House) -> None:
    """`max_body` of the map: as a form with files only, and not from strangers, who could fill the memory."""
    tester = quiet_house.sign_in("Tester").open("/orders/307390")
    route = next(route for route in quiet_house.app.routes if getattr(route, "name", "") == "order_reference")
    assert isinstance(route, Route)
    assert isinstance(route.app, Place)
    read: list[tuple[int, str]] = []

    def room(visit: Visit, **_params: object) -> Response:
        upload, pasted = visit.form["file"], visit.form["pasted"]
        assert isinstance(upload, UploadFile)
        assert isinstance(pasted, str)
        assert upload._in_memory, "what was sent lies on the disk"
        read.append((len(upload.file.read()), pasted))
        return Response("taken")

    place, route.app = route.app, replace(route.app, handler=room, max_body=4 * MEGABYTE)
    try:
        for megabytes, person, status in ((3, tester, 200), (5, tester, 413), (3, quiet_house.visitor(), 303)):
            answer = quiet_house._loop.wait(
                person._client.post(
                    "/orders/307390/reference",
                    data={"csrf_token": tester.token(), "pasted": "x" * 2_000 * megabytes},
                    files={"file": ("ansatte.csv", b"\0" * megabytes * 1_000_000)},
                )
            )
            assert answer.status_code == status
        much = [("csrf_token", tester.token()), ("pasted", "x" * 1_100_000)]
        assert tester.send("POST", "/orders/307390/reference", much).status_code == 413
    finally:
        route.app = place
    assert read == [(3_000_000, "x" * 6_000)]


def test_a_fault_is_a_page_and_leaves_nothing_behind(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tester = quiet_house.sign_in("Tester").open("/orders/307390")

    def broken(visit: Visit, **_params: object) -> Response:
        visit.db.get_one(Order, 307390).reference = "halvveis"
        visit.db.flush()
        raise RuntimeError(NUMBER)  # a traceback quotes this line, and not what it raises

    for route in quiet_house.app.routes:
        if isinstance(route, Route) and isinstance(route.app, Place) and "reference" in route.path:
            monkeypatch.setattr(route, "app", replace(route.app, handler=broken))
    fields = [("csrf_token", tester.token()), ("reference", "ny")]
    answer = tester.send("POST", "/orders/307390/reference", fields)
    assert (answer.status_code, h1(answer.text)) == (500, "Noe gikk galt hos oss")
    assert NUMBER not in answer.text
    assert tester.open("/orders/307390").value("reference") != "halvveis"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_without_its_database_the_portal_says_so_and_when_to_come_back(
    quiet_house: House, var: Path, kind: str
) -> None:
    cookies = dict(quiet_house.sign_in("Tester").cookies.items())
    gone = {"sqlite": f"sqlite:///{var}", "postgresql": "postgresql+psycopg://127.0.0.1:1/gone"}[kind]
    with quiet_house.with_settings(database_url=gone) as visitor:
        tester = visitor()
        tester.cookies.update(cookies)
        answer, asked = tester.send("GET", "/orders"), visitor().send("GET", "/readyz")
        assert h1(answer.text) == "Portalen er opptatt"
        assert asked.text == "The database does not answer."
        for refused in (answer, asked):
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert visitor().send("GET", "/healthz").text == "ok"
        assert visitor().open("/login").h1 == "Logg inn"


def test_inside_a_part_a_refusal_takes_the_place_of_the_page(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for method, url, status in (("GET", "/orders/1", 404), ("DELETE", "/orders", 405), ("POST", "/orders", 403)):
        answer = tester.send(method, url, None, HTMX)
        soup = pages.check(answer.text, document=False)
        assert (answer.status_code, answer.headers["hx-retarget"]) == (status, "#main")
        assert answer.headers["hx-push-url"] == "false"
        assert [tag.name for tag in soup.find_all(True, recursive=False)][:2] == ["title", "main"]
        assert soup.select_one("h1[autofocus]")


# What a browser keeps


def test_an_unchanged_page_is_not_sent_again(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for url, headers in (("/orders", {}), ("/orders", HTMX), ("/info", {}), ("/orders/307390", {})):
        first = tester.send("GET", url, None, headers)
        again = tester.send("GET", url, None, {**headers, "if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["vary"].startswith(again.headers["vary"])


def test_a_page_that_has_changed_is(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open("/orders/307390")
    before = tester.headers["etag"]
    tester.fill(reference="PO 2").press("Lagre referanse")
    assert tester.send("GET", "/orders/307390", None, {"if-none-match": before}).status_code == 200


def test_what_was_kept_is_not_used_for_another_user_nor_another_session(quiet_house: House) -> None:
    """The form token in it would be good for nobody."""
    for url, headers in (
        ("/info", {}),
        ("/orders/307513", {}),
        ("/orders/307513", HTMX | {"hx-target": "x#reference"}),
    ):
        first = quiet_house.sign_in("hms.fjord").send("GET", url, None, headers)
        asked = {**headers, "if-none-match": first.headers["etag"]}
        assert quiet_house.sign_in("hms.fjord").send("GET", url, None, asked).status_code == 200
        assert quiet_house.sign_in("okonomi.fjord").send("GET", url, None, asked).status_code in {200, 404}
        assert quiet_house.visitor().send("GET", url, None, asked).status_code in {303, 401}


def test_refusals_and_notices_are_not_kept(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    assert "etag" not in tester.send("GET", "/orders?from=x").headers
    assert "etag" not in tester.send("GET", "/orders/1").headers
    tester.open("/orders/307390")
    tester.send("POST", "/orders/307390/reference", [("reference", "PO 3"), ("csrf_token", tester.token())])
    said = tester.send("GET", "/orders/307390")
    assert "Referansen er lagret." in said.text
    assert "etag" not in said.headers


def test_every_form_has_a_token_of_its_own_each_time(quiet_house: House) -> None:
    """Pages are compressed: a secret that stays the same could be guessed from their lengths."""
    tester = quiet_house.sign_in("Tester")
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', tester.send("GET", "/info").text) for _ in range(2)]
    assert tokens[0]
    assert not set(tokens[0]) & set(tokens[1])
