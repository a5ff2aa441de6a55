"""The postman: what letters and events say, and that each arrives whatever happens (NB10, NB11, C1, C2)."""

import base64
import ipaddress
import json
import logging
import ssl
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from standardwebhooks import Webhook

from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.core.settings import SettingsRefused
from models.exchange import deliver
from models.exchange.deliver import Postman
from models.outbox.claims import LEASE
from models.outbox.message import Channel, post
from tests.stage.empty import empty_postgres, empty_sqlite
from tests.stage.house import FIELD_KEYS
from tests.stage.outgoing import FACTS, SECRETS, Portal, link
from tests.stage.outside import Arrived, Crm, MailServer
from tests.stage.server import Loop
from tests.stage.times import NOW, TestClock

LABELS = [
    *("Bestillingsnummer", "Bestillingsdato", "Kunde", "Bedrift/avdeling", "Ønsket leveranse", "Antall/omfang"),
    *("Navn og tlf nr til kontaktperson", "Faktura merkes med/fakturareferanse"),
    *("Sted/lokasjon for gjennomføring av leveranse", "Bestillingsbeskrivelse"),
]
URL = "https://portal.example/orders/307600"
DESK_URL = "https://portal.example/desk/orders/307600"
NUMBER = "14838419861"


def parts(arrived: Arrived) -> tuple[str, BeautifulSoup]:
    """A letter's text and its page."""
    plain, html = arrived.letter.iter_parts()
    text, page = (part.get_content().replace("\r\n", "\n") for part in (plain, html))
    return text, BeautifulSoup(page, "html.parser")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty outbox."""
    with empty_sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def server(loop: Loop) -> Iterator[MailServer]:
    """A mail server that is there."""
    server = MailServer(loop)
    yield server
    server.close()


@pytest.fixture
def portal(database: Database, server: MailServer, tmp_path: Path) -> Portal:
    """A portal with a mail server and without a CRM."""
    return Portal(database, tmp_path, smtp_url=f"smtp://127.0.0.1:{server.port}")


@pytest.fixture
def lonely(database: Database, tmp_path: Path) -> Portal:
    """A portal with neither."""
    return Portal(database, tmp_path)


@pytest.fixture
def crm(database: Database, tmp_path: Path) -> Iterator[tuple[Portal, Crm]]:
    """A portal with a CRM that is there."""
    crm = Crm()
    with crm.there() as url:
        yield Portal(database, tmp_path, crm_url=url, crm_secrets=SECRETS), crm


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


# That letters arrive, once


def test_one_letter_per_message_however_often_the_postman_comes(portal: Portal, server: MailServer) -> None:
    portal.post()
    assert [portal.deliver(timedelta(days=n)) for n in range(3)] == [1, 0, 0]
    assert len(server.arrived) == 1
    assert portal.outbox == (0, 0)


class Struck(Postman):
    """A postman who dies after the server has said 250 and before that is noted."""

    def _note(self, taken: object, failure: Exception | None) -> bool:
        raise KeyboardInterrupt


def test_a_letter_that_was_not_noted_goes_out_again_as_the_same_letter(portal: Portal, server: MailServer) -> None:
    portal.post()
    with pytest.raises(KeyboardInterrupt):
        Struck(portal.database, portal.settings, portal.clock, link).deliver_due()
    assert portal.deliver() == 0, "the lease of the dead postman has not ended"
    assert portal.deliver(LEASE) == 1
    assert portal.deliver(timedelta(days=1)) == 0
    first, second = server.arrived
    assert first.raw == second.raw
    assert first.letter["Message-ID"] == second.letter["Message-ID"]


def test_a_server_that_was_away_gets_each_letter_once_and_in_order(portal: Portal, server: MailServer) -> None:
    server.close()
    portal.post(customer="first")
    portal.post(customer="second")
    portal.post(customer="other", number=307601)
    assert portal.deliver() == 0
    assert portal.deliver(timedelta(minutes=1)) == 0
    assert portal.outbox == (3, 0)
    server.open()
    assert portal.deliver(timedelta(minutes=1)) == 3
    assert portal.deliver(timedelta(minutes=30)) == 0
    names = [arrived.letter["Subject"].rpartition(" ")[2] for arrived in server.arrived]
    assert sorted(names) == ["first", "other", "second"]
    assert names.index("first") < names.index("second")


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_not_now_holds_back_the_letter_and_those_behind_it_only(
    portal: Portal, server: MailServer, command: str
) -> None:
    server.answers[command] = ["451 4.7.1 Greylisted"]
    slow = portal.post(customer="first")
    portal.post(customer="second")
    portal.post(customer="other", number=307601)
    assert portal.deliver() == 1
    assert portal.stored(slow).last_error == "smtp 451"
    assert portal.deliver(timedelta(minutes=1)) == 2
    names = [arrived.letter["Subject"].rpartition(" ")[2] for arrived in server.arrived]
    assert names == ["other", "first", "second"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_never_is_dead_at_once_and_holds_nothing_back(portal: Portal, server: MailServer, command: str) -> None:
    server.answers[command] = ["550 5.1.1 Kari Nygård is not here"]
    refused = portal.post(customer="first")
    portal.post(customer="second")
    assert portal.deliver() == 1
    assert server.arrived[0].letter["Subject"].endswith("second")
    assert portal.outbox == (0, 1)
    assert portal.stored(refused).last_error == "smtp 550"


@pytest.mark.parametrize(
    ("command", "answer"), [("MAIL", "530 Authentication required"), ("MAIL", "421 Bye"), ("RCPT", "421 Bye")]
)
def test_what_is_wrong_with_the_server_is_not_held_against_the_letter(
    portal: Portal, server: MailServer, command: str, answer: str
) -> None:
    server.answers[command] = [answer]
    portal.post()
    assert portal.deliver() == 0
    assert portal.outbox == (1, 0)
    assert portal.deliver(timedelta(minutes=1)) == 1


@pytest.mark.parametrize("goodbye", ["hangs up", "421 Bye", "500 What?"])
def test_a_letter_that_was_taken_is_delivered_whatever_the_goodbye(
    portal: Portal, server: MailServer, goodbye: str
) -> None:
    server.answers["QUIT"] = [goodbye]
    portal.post()
    assert portal.deliver() == 1
    assert portal.deliver(timedelta(days=1)) == 0
    assert len(server.arrived) == 1


def test_a_letter_that_cannot_be_written_waits_until_it_can(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    message = portal.post("of_another_version")
    portal.post(number=307601)
    assert portal.deliver() == 1
    assert portal.outbox == (1, 0)
    assert (portal.stored(message).last_error or "").startswith("TemplateNotFound at ")
    assert "307601" not in "".join(record.getMessage() for record in caplog.records)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty outbox on each of the two kinds of server."""
    if request.param == "sqlite":
        with empty_sqlite(tmp_path) as database:
            yield database
    else:
        with empty_postgres(request.getfixturevalue("postgres_server")) as database:
            yield database


def test_two_postmen_side_by_side_bring_each_letter_once(either: Database, server: MailServer, tmp_path: Path) -> None:
    portal = Portal(either, tmp_path, smtp_url=f"smtp://127.0.0.1:{server.port}")
    orders = range(307600, 307610)
    written = [portal.post(number=number, customer=str(n)).public_id for number in orders for n in range(2)]
    arrived: list[int] = []
    postmen = [threading.Thread(target=lambda: arrived.append(portal.postman.deliver_due())) for _ in range(2)]
    for postman in postmen:
        postman.start()
    for postman in postmen:
        postman.join()
    arrived.append(portal.deliver())
    assert sum(arrived) == len(written)
    ids = [str(arrived.letter["Message-ID"])[1:33] for arrived in server.arrived]
    assert sorted(ids) == sorted(written)
    for one, two in zip(written[::2], written[1::2], strict=True):
        assert ids.index(one) < ids.index(two)


# The postman's day


def test_the_postman_goes_when_woken_and_stops_when_told(portal: Portal, server: MailServer) -> None:
    stop, wake = threading.Event(), threading.Event()
    postman = threading.Thread(target=portal.postman.run, args=(stop, wake))
    postman.start()
    for n in range(1, 4):
        portal.post(number=n)
        wake.set()
        server.wait_for(n)
    stop.set()
    wake.set()
    postman.join(10)
    assert not postman.is_alive()
    assert portal.outbox == (0, 0)


def test_the_postman_finishes_the_letter_in_hand_and_no_more(portal: Portal, server: MailServer) -> None:
    server.may_answer.clear()
    for number in (1, 2):
        portal.post(number=number)
    stop, wake = threading.Event(), threading.Event()
    postman = threading.Thread(target=portal.postman.run, args=(stop, wake))
    postman.start()
    assert server.asked.wait(10)
    stop.set()
    wake.set()
    server.may_answer.set()
    postman.join(10)
    assert not postman.is_alive()
    assert len(server.arrived) == 1
    assert portal.outbox == (1, 0)


class Failing(TestClock):
    """A clock whose first answers are failures, as a database that is away would give."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        object.__setattr__(self, "left", failures)

    def now(self) -> datetime:
        left: int = getattr(self, "left")  # noqa: B009  # the base class is frozen and knows no such field
        object.__setattr__(self, "left", left - 1)
        if left > 0:
            raise ConnectionError("kari@kunde.example")
        return super().now()


def test_nothing_stops_the_postman(
    portal: Portal, server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliver, "_PAUSE", 0.01)
    monkeypatch.setattr(deliver, "_POLL", 0.01)
    portal.post()
    stop, wake = threading.Event(), threading.Event()
    postman = Postman(portal.database, portal.settings, Failing(3), link)
    thread = threading.Thread(target=postman.run, args=(stop, wake))
    thread.start()
    server.wait_for(1)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    failures = [record for record in caplog.records if record.getMessage() == "outbox out of reach"]
    assert [vars(record)["error"].partition(" ")[0] for record in failures] == ["ConnectionError"] * 3
    assert "kari" not in repr([vars(record) for record in caplog.records])


def test_operators_are_told_how_it_went_without_personal_data(
    portal: Portal, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "models")
    server.answers["RCPT"] = ["550 Per-Arne is not here", "451 Per-Arne is not here yet", "250 OK"]
    messages = [portal.post(number=number) for number in (1, 2, 3)]
    portal.post(number=4, sender_name=None)
    portal.deliver()
    told = [vars(record) for record in caplog.records if record.name == "models.exchange.deliver"]
    assert [line["outcome"] for line in told] == ["dead", "failed", "delivered", "failed"]
    assert [line["public_id"] for line in told[:3]] == [message.public_id for message in messages]
    assert (told[0]["kind"], told[0]["about"], told[0]["attempt"]) == ("order_placed", "order:1", 1)
    assert told[0]["error"] == "smtp 550"
    said = repr(told)
    assert not [value for name, value in FACTS.items() if isinstance(value, str) and name != "about" and value in said]
    assert "Per-Arne" not in said
    assert "@" not in said


# Without a mail server


def test_without_a_mail_server_letters_are_files(lonely: Portal, tmp_path: Path) -> None:
    message = lonely.post()
    assert lonely.deliver() == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == f"2026-10-01-100000-order_placed-{message.public_id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert letter["Subject"] == "Ny bestilling 307600 fra Fjordbygg Entreprenør AS"
    assert letter["Message-ID"] == f"<{message.public_id}@bht.example>"


def test_a_letter_that_is_written_again_is_the_same_file(lonely: Portal, tmp_path: Path) -> None:
    lonely.post()
    with pytest.raises(KeyboardInterrupt):
        Struck(lonely.database, lonely.settings, lonely.clock, link).deliver_due()
    (file,) = (tmp_path / "mail").iterdir()
    before = file.read_bytes()
    assert lonely.deliver(LEASE) == 1
    assert [path.read_bytes() for path in (tmp_path / "mail").iterdir()] == [before]


def test_a_disk_that_cannot_be_written_is_waited_for(lonely: Portal, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    message = lonely.post()
    assert lonely.deliver() == 0
    assert lonely.stored(message).last_error == "file EEXIST"
    (tmp_path / "mail").unlink()
    assert lonely.deliver(timedelta(minutes=1)) == 1


# How the mail server is reached


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1, by an authority that is trusted for the length of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server of the tests")])
    public = key.public_key()
    certificate = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))  # noqa: DTZ001  # UTC by definition
        .not_valid_after(datetime(2120, 1, 1))  # noqa: DTZ001
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_letters_go_through_starttls_with_the_users_name_and_password(
    database: Database, loop: Loop, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = MailServer(loop, tls_context=tls, require_starttls=True, auth_required=True)
    url = f"smtp+starttls://portal%40bht.example:p%2Fa%3Ass@127.0.0.1:{server.port}"
    portal = Portal(database, tmp_path, smtp_url=url)
    portal.post()
    assert portal.deliver() == 1
    assert server.credentials == [(b"portal@bht.example", b"p/a:ss")]
    server.close()


def test_letters_go_through_tls_from_the_start(
    database: Database, loop: Loop, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = MailServer(loop, tls=tls)
    portal = Portal(database, tmp_path, smtp_url=f"smtps://127.0.0.1:{server.port}")
    portal.post()
    assert portal.deliver() == 1
    server.close()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_with_a_wrong_certificate_gets_nothing(
    lonely: Portal, loop: Loop, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = MailServer(loop, tls=tls) if scheme == "smtps" else MailServer(loop, tls_context=tls)
    url = f"{scheme}://portal:secret@127.0.0.1:{server.port}"
    lonely.settings = replace(lonely.settings, smtp_url=url)
    message = lonely.post()
    assert lonely.deliver() == 0
    assert lonely.stored(message).last_error == "SSLCertVerificationError"
    assert lonely.outbox == (1, 0)
    assert (server.arrived, server.credentials) == ([], [])
    server.close()


def test_a_server_without_starttls_gets_no_password(portal: Portal, server: MailServer) -> None:
    url = f"smtp+starttls://portal:secret@127.0.0.1:{server.port}"
    portal.settings = replace(portal.settings, smtp_url=url)
    message = portal.post()
    assert portal.deliver() == 0
    assert portal.stored(message).last_error == "SMTPNotSupportedError"
    assert server.credentials == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"smtp_url": "mail.bht.example"}, "SMTP_URL must look like"),
        ({"smtp_url": "http://mail.bht.example"}, "SMTP_URL must look like"),
        ({"smtp_url": "smtp://"}, "SMTP_URL must look like"),
        ({"smtp_url": "smtp://mail.bht.example:post"}, "SMTP_URL must look like"),
        ({"mail_from": "Kundeportal"}, "MAIL_FROM must look like"),
        ({"crm_url": "crm.example", "crm_secrets": SECRETS}, "CRM_URL must start with"),
        ({"crm_url": "https://crm.example:x", "crm_secrets": SECRETS}, "CRM_URL must start with"),
        ({"crm_url": "https://crm.example"}, "CRM_SECRETS is not set"),
        ({"crm_secrets": ("whsec_æ",)}, "Each secret in CRM_SECRETS"),
        ({"crm_secrets": ("whsec_c2hvcnQ=",)}, "Each secret in CRM_SECRETS"),
        ({"crm_field_key": "k1:c2hvcnQ="}, "CRM_FIELD_KEY must be written id:base64"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(lonely: Portal, settings: dict[str, Any], sentence: str) -> None:
    lonely.settings = replace(lonely.settings, **settings)
    with pytest.raises(SettingsRefused, match=sentence):
        _ = lonely.postman


# The CRM


def test_c1_the_crm_is_told_in_an_envelope_that_it_can_verify(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    message = portal.tell()
    assert portal.deliver() == 1
    (call,) = there.calls
    assert call.path == "/hooks?from=portal"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-id"] == message.public_id
    assert call.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signatures = [Webhook(secret).sign(message.public_id, NOW, call.body.decode()) for secret in SECRETS]
    assert call.headers["webhook-signature"] == " ".join(signatures)
    assert json.loads(call.body) == {
        "specversion": "1.0",
        "id": message.public_id,
        "source": "https://portal.example",
        "type": "order.placed",
        "subject": "order:307600",
        "time": "2026-10-01T08:00:00+00:00",
        "version": message.id,
        "datacontenttype": "application/json",
        "data": FACTS,
    }
    assert "Tromsø".encode() in call.body


@pytest.mark.parametrize("status", [500, 503, 429, 400, 404, 410, 301, 307])
def test_c2_an_event_that_the_crm_does_not_take_waits_and_goes_again_in_order(
    crm: tuple[Portal, Crm], status: int
) -> None:
    portal, there = crm
    there.answers = [status]
    first, second = portal.tell(), portal.tell("order.reference_changed")
    assert portal.deliver() == 0
    assert portal.stored(first).last_error == f"http {status}"
    assert portal.outbox == (2, 0)
    assert portal.deliver(timedelta(minutes=1)) == 2
    ids = [call.headers["webhook-id"] for call in there.calls]
    assert ids == [first.public_id, first.public_id, second.public_id]
    one, again, _second = there.calls
    assert one.body == again.body
    assert int(again.headers["webhook-timestamp"]) == int(one.headers["webhook-timestamp"]) + 60
    assert {call.path for call in there.calls} == {"/hooks?from=portal"}, "a redirect is not followed"


@pytest.mark.parametrize("shared", [True, False], ids=["with a key", "without a key"])
def test_ar6_an_identity_number_leaves_for_the_crm_alone_and_only_under_its_key(
    crm: tuple[Portal, Crm], *, shared: bool
) -> None:
    """Opened by a library that did not write it; the portal forgets it when the CRM has it."""
    portal, there = crm
    key = bytes(range(32))
    kid = "crm1"
    if shared:
        portal.settings = replace(portal.settings, crm_field_key=f"{kid}:{base64.b64encode(key).decode()}")
    there.answers = [503]
    with portal.database.session() as db, across_customers(db):
        event: dict[str, Any] = {"channel": Channel.CRM, "kind": "employee.national_id_changed", "customer_id": None}
        payload = {"id": 17, "registered": True}
        message = post(db, **event, about="employee:17", payload=payload, now=NOW).seal(Keyring(FIELD_KEYS), NUMBER)
        db.commit()
    assert portal.deliver() == 0
    assert portal.stored(message).sealed
    assert portal.deliver(timedelta(minutes=1)) == 1
    assert portal.stored(message).sealed is None
    assert all(NUMBER.encode() not in call.body for call in there.calls)
    data = [json.loads(call.body)["data"] for call in there.calls]
    if not shared:
        assert data == [payload, payload]
        return
    assert [{name: one[name] for name in payload} for one in data] == [payload, payload]
    opened = [jwe.decrypt_compact(one["national_id"], OctKey.import_key(key)) for one in data]
    assert [one.plaintext for one in opened] == [NUMBER.encode(), NUMBER.encode()]
    assert opened[0].protected == {"alg": "dir", "enc": "A256GCM", "kid": kid}
    assert data[0]["national_id"] != data[1]["national_id"]
    with pytest.raises(JoseError):
        jwe.decrypt_compact(data[0]["national_id"], OctKey.import_key(bytes(32)))


def test_without_a_crm_events_are_files(lonely: Portal, tmp_path: Path) -> None:
    message = lonely.tell()
    assert lonely.deliver() == 1
    (file,) = (tmp_path / "crm").iterdir()
    assert file.name == f"2026-10-01-100000-order.placed-{message.public_id}.json"
    event = json.loads(file.read_text(encoding="utf-8"))
    assert (event["id"], event["type"], event["data"]) == (message.public_id, "order.placed", FACTS)
