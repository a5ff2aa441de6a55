"""What letters say, and what must not get into one (NB10, NB11). Whether they arrive is told elsewhere."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from models.exchange.letters import _address
from tests.stage.outside.servers import Arrived, MailServer
from tests.stage.portals.outgoing import FACTS, Portal
from tests.stage.times import NOW

LABELS = [
    *("Bestillingsnummer", "Bestillingsdato", "Kunde", "Bedrift/avdeling", "Ønsket leveranse", "Antall/omfang"),
    *("Navn og tlf nr til kontaktperson", "Faktura merkes med/fakturareferanse"),
    *("Sted/lokasjon for gjennomføring av leveranse", "Bestillingsbeskrivelse"),
]
URL = "https://portal.example/orders/307600"
DESK_URL = "https://portal.example/desk/orders/307600"


def parts(arrived: Arrived) -> tuple[str, BeautifulSoup]:
    """A letter's text and its page."""
    plain, html = arrived.letter.iter_parts()
    text, page = (part.get_content().replace("\r\n", "\n") for part in (plain, html))
    return text, BeautifulSoup(page, "html.parser")


# What letters say


def test_nb10_the_account_manager_is_told_of_an_order(portal: Portal, server: MailServer) -> None:
    message = portal.post()
    assert portal.deliver() == 1
    (arrived,) = server.arrived
    letter = arrived.letter
    assert (arrived.sender, arrived.to) == ("portal@bht.example", ["per-arne.lie@bht.example"])
    assert letter["Subject"] == "Ny bestilling 307600 fra Fjordbygg Entreprenør AS"
    assert letter["From"] == "Kundeportalen på nett <portal@bht.example>"
    assert letter["To"] == "per-arne.lie@bht.example"
    assert letter["Reply-To"] == "Hanne Moe <hanne.moe@fjordbygg.example>"
    assert letter["Date"].datetime == NOW
    assert letter["Message-ID"] == f"<{message.public_id}@bht.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = letter.iter_parts()
    assert (plain.get_content_type(), plain.get_content_charset()) == ("text/plain", "utf-8")
    assert (html.get_content_type(), html.get_content_charset()) == ("text/html", "utf-8")


def test_nb10_the_letter_holds_all_parts_as_they_were_written(portal: Portal, server: MailServer) -> None:
    portal.post()
    portal.deliver()
    text, page = parts(server.arrived[0])
    assert [term.get_text() for term in page.find_all("dt")] == LABELS
    values = [value.get_text("\n") for value in page.find_all("dd")]
    assert values[:4] == ["307600", "01.10.2026", "Fjordbygg Entreprenør AS", "Tromsø"]
    assert values[4:] == [FACTS[name] for name in list(FACTS)[4:10]]
    for label, value in zip(LABELS, values, strict=True):
        assert f"\n{label}: {value.replace(chr(10), chr(10) + '  ')}\n" in text
    assert text.startswith("Hei Per-Arne Lie,\n\nHanne Moe (hanne.moe@fjordbygg.example) har sendt en ny bestilling")
    assert f"Se bestillingen: {DESK_URL}\n" in text
    assert page.find("a", href=DESK_URL)
    assert page.find("a", href="mailto:hanne.moe@fjordbygg.example")


def test_nb11_the_sender_gets_a_confirmation(portal: Portal, server: MailServer) -> None:
    portal.post("order_confirmation", to="hanne.moe@fjordbygg.example")
    portal.deliver()
    letter = server.arrived[0].letter
    assert letter["Subject"] == "Bestilling 307600 er mottatt"
    assert letter["To"] == "hanne.moe@fjordbygg.example"
    assert letter["Reply-To"] == "Per-Arne Lie <per-arne.lie@bht.example>"
    text, page = parts(server.arrived[0])
    for said in (text, page.get_text()):
        assert "Takk for bestillingen! Den er mottatt og har fått nummer 307600." in said
        assert "Per-Arne Lie er kundeansvarlig for dere" in said
        assert "400 00 123" in said
        assert "per-arne.lie@bht.example" in said
        assert said.rstrip().endswith("Kundeportal")
    assert [term.get_text() for term in page.find_all("dt")] == LABELS
    assert f"Se bestillingen: {URL}\n" in text
    assert page.find("a", href=URL)
    assert page.find("a", href="tel:40000123")


@pytest.mark.parametrize("kind", ["order_placed", "order_confirmation"])
def test_the_html_is_a_well_built_page_without_images_or_colours(portal: Portal, server: MailServer, kind: str) -> None:
    portal.post(kind)
    portal.deliver()
    html = list(server.arrived[0].letter.iter_parts())[1].get_content()
    page = BeautifulSoup(html, "html.parser")
    assert html.startswith("<!doctype html>")
    assert page.html
    assert page.html["lang"] == "nb"
    assert page.title
    assert page.h1
    assert page.title.get_text() == page.h1.get_text() == server.arrived[0].letter["Subject"]
    assert page.find("meta", attrs={"name": "color-scheme", "content": "light dark"})
    assert not page.find_all(["img", "script", "link", "b"])
    assert "color:" not in html
    assert [heading.name for heading in page.find_all(["h1", "h2", "h3"])][:2] == ["h1", "h2"]


@pytest.mark.parametrize("kind", ["order_placed", "order_confirmation"])
def test_what_is_empty_is_left_out(portal: Portal, server: MailServer, kind: str) -> None:
    names = ["quantity", "contact", "reference", "location", "description"]
    names += ["account_manager_name", "account_manager_email", "account_manager_phone"]
    empty: dict[str, Any] = dict.fromkeys(names, "")
    portal.post(kind, **empty)
    portal.deliver()
    letter = server.arrived[0].letter
    for part in letter.iter_parts():
        said = part.get_content()
        assert "Ønsket leveranse" in said
        assert not [label for label in LABELS[5:] if label in said]
        assert not [label for label in ("kundeansvarlig ", "Telefon", "E-post:", "None", 'mailto:"') if label in said]
    assert ("Reply-To" in letter) == (kind == "order_placed")


# What must not get into a letter


@pytest.mark.parametrize("name", ["customer", "sender_name"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x00", "\x85", "\u2028", "\r\n\r\n"])
def test_a_name_cannot_add_headers(portal: Portal, server: MailServer, name: str, end: str) -> None:
    facts: dict[str, Any] = {name: f"Fjord{end}Bcc: x@evil.example{end}{end}<b>"}
    portal.post(**facts)
    assert portal.deliver() == 1
    (arrived,) = server.arrived
    assert arrived.to == ["per-arne.lie@bht.example"]
    assert not arrived.letter["Bcc"]
    assert len(list(arrived.letter.iter_parts())) == 2
    assert set(arrived.letter.keys()) == {
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type"),
    }
    head = arrived.raw.partition(b"\r\n\r\n")[0]
    assert not any(line.startswith(b"Bcc") for line in head.splitlines())


@pytest.mark.parametrize(
    "to",
    [
        *("", "nobody", "@bht.example", "a@", "a@b.example, c@d.example", "a@b.example c@d.example"),
        *("a@b.example\r\nBcc: c@d.example", "a@b.example\nRCPT TO:<c@d.example>", "a\x00@b.example", "a@b..example"),
        *("Per <a@b.example>", "<a@b.example>", "a@b.example>", f"a@{'b' * 64}.example", "åse@b.example"),
    ],
)
def test_a_letter_goes_to_exactly_one_address_or_is_dead_at_once(portal: Portal, server: MailServer, to: str) -> None:
    message = portal.post(to=to)
    portal.post(to="hanne.moe@fjordbygg.example")
    assert portal.deliver() == 1
    assert [arrived.to for arrived in server.arrived] == [["hanne.moe@fjordbygg.example"]]
    assert portal.outbox == (0, 1)
    assert portal.stored(message).last_error == "no valid address"


def test_a_sender_without_a_valid_address_is_still_told_of(portal: Portal, server: MailServer) -> None:
    portal.post(sender_email="hanne@fjordbygg.example\r\nBcc: x@evil.example")
    assert portal.deliver() == 1
    assert not server.arrived[0].letter["Reply-To"]
    assert not server.arrived[0].letter["Bcc"]


def test_a_very_long_name_stays_one_subject(portal: Portal, server: MailServer) -> None:
    name = "Ærlig & Ørsmå Ålesund " * 9
    portal.post(customer=name.strip())
    portal.deliver()
    assert server.arrived[0].letter["Subject"] == f"Ny bestilling 307600 fra {name.strip()}"
    assert max(map(len, server.arrived[0].raw.splitlines())) <= 80


def test_norwegian_domains_are_written_in_ascii(portal: Portal, server: MailServer) -> None:
    portal.post(to="ola@blåbær.example")
    assert portal.deliver() == 1
    assert server.arrived[0].to == ["ola@xn--blbr-roah.example"]


def test_a_letter_goes_to_the_international_domain_that_is_written_and_to_none_that_is_not() -> None:
    """IDNA 2003 made `straße.example` into `strasse.example`, which is somebody else's."""
    told = _address("ola@straße.example", "Ola")
    assert told
    assert told.addr_spec == "ola@xn--strae-oqa.example"
    for nowhere in ("ola@b_c.no", "ola@☃.no", "ola@-b.no"):
        assert _address(nowhere) is None
