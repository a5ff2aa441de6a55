"""The user guide (N5): it is there on every page, as a page and as a PDF, and both say what the portal does.

What to do when one of these fails: put `partials/guide/show.html` right, then `make guide`.
"""

import re
import unicodedata
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from models.core.search import PAGE_SIZE
from models.users.sessions import IDLE, LIFETIME
from routes.info.page import SHOWN
from tests.exchange.crm.caller import arrives
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import token_of

PDF = "/guide/Avonova_kundeportal.pdf"
SCRIPT = Path(__file__).parents[2] / "static" / "portal.js"
BLOCKS = "main :is(h1, h2, h3, p, li, figcaption)"


def said(element: Tag) -> str:
    """A text as it is read, without the colon that a label ends with."""
    return " ".join(element.get_text().split()).removesuffix(":")


def squeezed(text: str) -> str:
    """A text without its blanks, which a PDF places as it likes, and without its ligatures."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def guide(quiet_house: House) -> Page:
    """The guide of somebody who is not signed in."""
    return quiet_house.visitor().open("/guide")


@pytest.fixture
def pdf(quiet_house: House) -> PdfReader:
    """The guide as it is downloaded."""
    return PdfReader(BytesIO(quiet_house.visitor().send("GET", PDF).content))


def sheets(pdf: PdfReader) -> list[str]:
    """The text of each sheet, without the number at its foot."""
    return [re.sub(r"\s*\d+ / \d+\s*$", "", sheet.extract_text()) for sheet in pdf.pages]


def bookmarks(outline: list[Any]) -> list[str]:
    """The titles of a PDF's bookmarks, one after the other."""
    return [title for mark in outline for title in (bookmarks(mark) if isinstance(mark, list) else [str(mark.title)])]


def pictures(guide: Page) -> list[Tag]:
    """What shows a picture, and what stands in for it on a phone."""
    return guide.soup.select("main :is(img, source)")


def screens(house: House) -> list[BeautifulSoup]:
    """What people meet on the paths that the guide describes."""
    seen = [house.visitor().open("/login").soup]
    for username in ("Tester", "anna.ka"):
        person = house.sign_in(username).open("/info")
        seen.append(person.soup)
    hms = house.sign_in("hms.fjord")
    seen.append(hms.open("/orders?status=none").soup)
    seen.append(hms.open("/orders").soup)
    seen.append(hms.follow("Eldre bestillinger").soup)
    seen.append(hms.open("/worklist?todo=emails").soup)
    seen.append(hms.open("/orders/307513").soup)
    seen += [hms.open(f"/reports{page}").soup for page in ("", "/figures", "/hms-year", "/annual-report")]
    seen.append(hms.open("/bookings").soup)
    seen.append(hms.follow("Helsekontroll Fjordbygg Bergen").soup)
    one = hms.soup.select_one("input[name=employee]:not([disabled])")
    assert one is not None
    seen.append(hms.fill(employee=[str(one["value"])]).press("Fordel valgte på ledige tider").soup)
    seen.append(hms.open("/employees/imports").soup)
    seen.append(hms.open("/calendar").press("Lag kalenderlenke").soup)
    seen.append(house.visitor().open(f"/me/{token_of(house, 'Ingrid', 'Solbakken')}").soup)
    seen.append(hms.open("/employees").soup)
    seen.append(hms.follow("Mohamed Aden").soup)
    seen.append(hms.follow("Rediger").soup)
    unit = hms.open("/employees/new").option("unit", "Bergen")
    hms.fill(given_name="Ola", family_name="To", email="mohamed.aden@fjordbygg.example", unit=unit)
    seen.append(hms.press("Lagre").soup)
    seen.append(hms.open("/employees?inactive=1").follow("Siv Ånonsen").soup)
    seen.append(hms.open("/bookings/1").soup)
    seen.append(hms.open("/bookings/1/day-list").soup)
    hms.open("/bookings/1/distribution")
    seen.append(hms.fill(pasted="dolly@duck.example\nLene Aune\nAre Ali\nIda Aune").press("Foreslå tider").soup)
    hms.open("/orders/new")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Støttesamtale", description="Har vært sykmeldt.")
    seen.append(hms.press("Send bestilling").soup)
    form = hms.soup.select_one("#order-form")
    assert form is not None
    sent = hms.send("POST", "/orders", [*hms.fields(form), ("sensitive", "send")])
    seen.append(hms.fill(description="Om våren.").press("Send bestilling").soup)
    seen.append(hms.open(sent.headers["location"]).soup)
    testweb = house.sign_in("TESTWEB")
    seen.append(testweb.open("/invoices").soup)
    seen.append(testweb.follow("2017-118350").soup)
    arrives(house)
    seen.append(hms.open(sent.headers["location"]).soup)
    return seen


@pytest.mark.parametrize("username", ["Tester", "hms.fjord", "okonomi.fjord", "kam.lie"])
def test_every_tab_leads_to_the_guide(quiet_house: House, username: str) -> None:
    page = quiet_house.sign_in(username).open("/info")
    for tab in page.tabs:
        page.follow(tab)
        link = page.soup.find("a", string="Avonova_kundeportal.pdf")
        assert isinstance(link, Tag)
        answer = page.send("GET", str(link["href"]))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")
        assert page.soup.find("a", string="Brukerveiledning", href="/guide")


def test_another_file_is_not_there(quiet_house: House) -> None:
    assert quiet_house.visitor().open("/guide/guide.pdf").status_code == 404


def test_the_guide_names_whom_to_call(quiet_house: House, guide: Page) -> None:
    assert not guide.has("Silje Haugen")
    assert quiet_house.sign_in("Tester").open("/guide").has("Silje Haugen er kundeansvarlig for dere")


def test_the_contents_list_every_part(guide: Page) -> None:
    parts = [(f"#{heading['id']}", said(heading)) for heading in guide.soup.select("main h2")]
    assert [(link["href"], said(link)) for link in guide.soup.select("main nav a")] == parts[1:]
    assert parts[0] == ("#innhold", "Innhold")


def test_what_the_guide_quotes_is_on_the_screen(quiet_house: House, guide: Page) -> None:
    """The labels in bold stand there as they are; the sentences in quotation marks are said."""
    seen = screens(quiet_house)
    labels = {said(element) for screen in seen for element in screen.find_all(True)}
    sentences = " ".join(said(screen) for screen in seen) + SCRIPT.read_text(encoding="utf-8")
    bold, quoted = guide.soup.select("main b"), guide.soup.select("main q")
    assert bold
    assert quoted
    assert {said(label) for label in bold} - labels == set()
    assert [said(quote) for quote in quoted if said(quote) not in sentences] == []


def test_the_guide_explains_all_filters_and_all_fields(quiet_house: House, guide: Page) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    bold = {said(label) for label in guide.soup.select("main b")}
    filters = {said(label) for label in hms.open("/orders").soup.select("#search label")}
    assert len(filters) == 6
    assert guide.has("seks filtre")
    assert filters <= bold
    fields = {said(label).partition(",")[0] for label in hms.open("/orders/new").soup.select("#order-form label")}
    assert fields <= bold


def test_the_numbers_in_the_guide_are_the_portals(guide: Page) -> None:
    assert guide.has("Bruker du ikke portalen på en time, blir du logget ut")
    assert timedelta(hours=1) == IDLE
    assert guide.has("tolv timer etter at du logget inn")
    assert timedelta(hours=12) == LIFETIME
    assert guide.has("Åpne bestillinger er de fem nyeste")
    assert SHOWN == 5
    assert guide.has("Eldre bestillinger de neste 25")
    assert PAGE_SIZE == 25


def test_every_picture_is_there_and_described(guide: Page) -> None:
    images = guide.soup.select("main img")
    assert 2 <= len(images) <= 6
    for image in images:
        assert len(str(image["alt"])) > 40
        assert image["loading"] == "lazy"
    for picture in pictures(guide):
        answer = guide.send("GET", str(picture.get("src") or picture["srcset"]))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert len(answer.content) <= 40_000


def test_pictures_have_the_shape_that_the_page_keeps_free(guide: Page) -> None:
    for picture in pictures(guide):
        webp = guide.send("GET", str(picture.get("src") or picture["srcset"])).content
        assert webp[12:16] == b"VP8X"  # with a colour profile, as Chromium writes it
        width, height = (int.from_bytes(webp[place : place + 3], "little") + 1 for place in (24, 27))
        shown = int(str(picture["width"])) / int(str(picture["height"]))
        assert width / height == pytest.approx(shown, rel=0.01), f"{picture.get('alt')}: the size is another"


def test_the_pdf_is_accessible(pdf: PdfReader) -> None:
    root: Any = pdf.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "nb"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Brukerveiledning – Avonova Kundeportal"


def test_the_pdf_has_the_guides_parts_in_order(guide: Page, pdf: PdfReader) -> None:
    headings = [said(heading) for heading in guide.soup.select("main :is(h1, h2, h3)")]
    assert bookmarks(pdf.outline) == headings
    text, begin = squeezed(" ".join(sheets(pdf))), 0
    for heading in headings:
        begin = text.find(squeezed(heading), begin)
        assert begin >= 0, f"{heading!r} is not in the PDF, or not in its place: run `make guide`"


def test_the_pdf_says_what_the_page_says_and_no_more(guide: Page, pdf: PdfReader) -> None:
    left = squeezed(" ".join(sheets(pdf)))
    for block in sorted((squeezed(block.get_text()) for block in guide.soup.select(BLOCKS)), key=len, reverse=True):
        # The quotation marks of <q> are drawn, not written.
        drawn = re.sub("[«»]", "", left)
        left = drawn.replace(block, "|", 1)
        assert left != drawn, f"{block!r} is not in the PDF: run `make guide`"
    assert re.sub(r"[|\d.•]", "", left) == "AvonovaKundeportal", "the PDF says more than the page: run `make guide`"


def test_the_pdf_leads_nowhere_but_into_itself(pdf: PdfReader) -> None:
    links = [link.get_object() for sheet in pdf.pages for link in sheet.get("/Annots", [])]
    assert len(links) >= 8
    assert [link["/A"] for link in links if "/A" in link] == []


def test_the_pdf_is_light(quiet_house: House) -> None:
    assert len(quiet_house.visitor().send("GET", PDF).content) <= 600_000
