"""Nobody stops the portal with a small request: what is read costs in proportion to its length, whatever it says.

Each text is read at growing length. What is cheap at its longest is well; what is not must at least have grown no
faster than the text. What costs so little at a quarter of its length that even its square is cheap is read no further.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from wtforms import Field, SelectField

from models.bookings.sign_ups.selection import Selection, _pasted
from models.employees.details import read_birth_date, read_family_name
from models.employees.search_words import search_text, sought, tokens_of
from models.exchange.sheets.files import Unreadable, read_pasted
from models.imports.cells.headings import guess, recognise
from models.invoices.invoice import number_key
from models.notices.notice import read_link
from models.users.passwords import _normal
from models.values import email_address, phone
from models.values.dates import parse_date, parse_time
from models.values.national_id import mask_in, read_field
from models.values.organisation_number import read_number
from models.values.sensitive import without, words_in
from models.values.texts.invisible import cell
from models.values.texts.marks import MOST, normal
from routes.web.downloads import disposition
from routes.web.fields import cleaned
from routes.web.forms import Fields, UnitFilter
from routes.web.http.body import FOR_STRANGERS
from routes.web.http.limits import LONGEST_HEADER, LONGEST_HEADERS, LONGEST_PATH, LONGEST_QUERY, MOST_HEADERS
from routes.web.http.same_origin import local
from tests.stage.connections.raw import cookies_of, send
from tests.stage.costs import work_of
from tests.stage.house import House
from tests.stage.sweeps import forms
from tests.stage.times import TODAY
from tests.web.test_tooling import ROOT

pytestmark = pytest.mark.rest  # each reader of anything, with fifty texts at three lengths
HOSTILE = (
    *("\u0300\u0316", "\u0f73\u0f71", "\u0344\u0316", "\u1100\u1161\u11a8", "\ufdfa", "\u1e69", "\u200d", "\ufdd0 "),
    *("a", "a@", "@", "a-", "a.", "A\u0301", "ß", "1", "1 ", "12 ", "12.", "148384 ", "14838419861 ", "\uff11", "+"),
    *("-", "(", "[", '"', '\\"', "'", "<", "&", "=", ",", ";", ":", "/", "\\", "%", "*", "_", "{{", "angst ", "#"),
    *(" ", "\u00a0", "\n", "\r", "\t", "\ta", "\0", "(a", '"a"', "a;q=0", "a;q=0,", "q=0;"),
)
LENGTHS = (FOR_STRANGERS // 4 - 1000, FOR_STRANGERS // 2 - 1000, FOR_STRANGERS - 1000)
CHEAP, DEAR = 0.02, 0.6
"""Seconds of work that nobody notices, and that everybody does."""
ROUNDS = 12
"""How often a text is read at most before its cost is believed."""


def work_to(read: Callable[[str], object], text: str) -> float:
    """How long the processor works to read a text, or to refuse it."""

    def do() -> None:
        with suppress(ValueError, Unreadable):
            read(text)

    return work_of(do)


def check(read: Callable[[str], object], *, longest: int = 20_000, named: str = "") -> None:
    """Fail where one of the hostile texts costs more than in proportion."""
    nothing = min(work_to(read, "a") for _ in range(3))
    for piece in HOSTILE:
        texts = ["a" + piece * (length // len(piece)) for length in (longest // 4, longest // 2, longest)]
        if work_to(read, texts[0]) >= nothing + CHEAP / 16 and work_to(read, texts[-1]) >= CHEAP:
            assert_in_proportion(read, texts, (named, piece))


def assert_in_proportion(read: Callable[[str], object], texts: list[str], what: object) -> None:
    """Each of the three lengths is twice the one before; what takes their square takes sixteen times as long.

    Each is read until it is so, and the least counts: what else a processor does can only be added to a cost.
    """
    costs = [DEAR * 2] * len(texts)
    for _ in range(ROUNDS):
        costs = [min(least, work_to(read, text)) for least, text in zip(costs, texts, strict=True)]
        if costs[-1] < DEAR and costs[-1] < max(CHEAP, 8 * costs[0] + CHEAP):
            return
    pytest.fail(f"{what}: {costs}")


def kinds_of_fields() -> Iterator[tuple[str, type[Any], str]]:
    """Each field of each form, of those that read alike only the one that takes most: all read what they refuse."""
    most: dict[tuple[object, ...], tuple[int, str, type[Any], str]] = {}
    for form in forms():
        for name, field in form(meta={"today": TODAY, "synthetic": True})._fields.items():
            longest = max((getattr(rule, "max", None) or 0 for rule in field.validators), default=0)
            alike = (type(field), longest > 0, getattr(field, "_read", None))
            if alike not in most or most[alike][0] < longest:
                most[alike] = (longest, f"{form.__name__}.{name}", form, name)
    return ((id, form, name) for _, id, form, name in most.values())


@pytest.mark.parametrize(("form", "name"), [pytest.param(form, name, id=id) for id, form, name in kinds_of_fields()])
def test_each_field_of_each_form(form: type[Any], name: str) -> None:
    sent = form(meta={"today": TODAY, "synthetic": True})[name].name

    def read(text: str) -> None:
        filled = form(Fields([(sent, text)]), meta={"today": TODAY, "synthetic": True})
        field: Field = filled[name]
        if isinstance(field, SelectField) and field.choices is None:
            field.choices = []
        field.validate(filled)

    check(read, named=name)


READERS: dict[str, Callable[[str], object]] = {
    "cleaned": lambda text: cleaned(text, today=TODAY),
    "normal": normal,
    "password": _normal,
    "mask_in": lambda text: mask_in(text, today=TODAY),
    "national_id": lambda text: read_field(text, today=TODAY, synthetic=True),
    "organisation_number": read_number,
    "date": parse_date,
    "time": parse_time,
    "birth_date": lambda text: read_birth_date(text, today=TODAY),
    "email": email_address.read,
    "mobile": phone.read,
    "name": read_family_name,
    "link": read_link,
    "search": lambda text: sought(1, text),
    "search_text": lambda text: search_text([text], text, text),
    "tokens": lambda text: tokens_of(1, [text], text, text),
    "sensitive": lambda text: without(text, words_in(text)),
    "invoice_number": number_key,
    "file_name": disposition,
    "way_back": lambda text: local("/" + text, "/"),
    "receivers": lambda text: _pasted([], text, Selection()),
    "pasted_list": read_pasted,
    "headings": lambda text: recognise([[text, text]]),
    "columns": lambda text: guess([[text, text]] * 3, frozenset()),
    "cell": cell,
}
MUCH_FOR_EACH_SIGN = {"search", "search_text", "tokens", "sensitive", "headings", "columns"}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_of_texts(name: str) -> None:
    check(READERS[name], longest=20_000 if name not in MUCH_FOR_EACH_SIGN else 6_000, named=name)


READ_FROM_HEADERS = sorted(
    {
        name
        for path in (ROOT / "routes").rglob("*.py")
        for name in re.findall(r'headers(?:\.get\(|\.getlist\(|\[)"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    | {"range", "accept", "accept-language", "x-forwarded-for", "if-modified-since", "webhook-signature"}
)
BEFORE = {
    "cookie": 'session="',
    "content-type": "multipart/form-data; boundary=x; charset=",
    "webhook-signature": "v1,AAAA ",
    "if-none-match": 'W/"',
}


def test_each_header_that_is_read(quiet_house: House) -> None:
    """Three at a time, each as long as the first check lets it through."""
    css = quiet_house.portal.static.path("portal.css")
    assert {"cookie", "accept-encoding", "host", "hx-current-url"} <= set(READ_FROM_HEADERS)
    for names in (READ_FROM_HEADERS[at : at + 3] for at in range(0, len(READ_FROM_HEADERS), 3)):

        def read(text: str, names: list[str] = names) -> None:
            said = text.encode("ascii", "ignore").decode()
            headers = {"content-type": "application/x-www-form-urlencoded", "hx-request": "true"}
            headers |= {name: BEFORE.get(name, "") + said for name in names}
            for method, url in (("GET", css), ("POST", "/login"), ("POST", "/crm/events")):
                assert send(quiet_house, method, url, headers).answer.status_code < 431

        check(read, longest=LONGEST_HEADER - 100, named=", ".join(names))


BODIES: dict[str, tuple[str, bytes]] = {
    "fields": ("application/x-www-form-urlencoded", b"&"),
    "percent": ("application/x-www-form-urlencoded", b"%"),
    "marks": ("application/x-www-form-urlencoded", b"%CC%80%CC%96"),
    "boundaries": ("multipart/form-data; boundary=--------------------------------------------------", b"\r\n----"),
    "no_boundary": ("multipart/form-data; boundary=x", b"\r\n--x\r\n"),
    "punycode": ("multipart/form-data; boundary=x; charset=punycode", b"b"),
    "last_charset": ("multipart/form-data; boundary=x; charset=utf-8; charset=punycode", b"b"),
    "idna": ("multipart/form-data; boundary=x; charset=idna", b"xn--a."),
    "unicode_escape": ("multipart/form-data; boundary=x; charset=unicode_escape", b"\\N{DIGIT ONE}"),
}
PART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\na-'


@pytest.mark.parametrize("name", BODIES)
def test_each_form_that_a_stranger_sends(quiet_house: House, name: str) -> None:
    """Up to what a stranger may send, the whole way to the room."""
    kind, piece = BODIES[name]
    visitor = quiet_house.visitor().open("/login")
    headers = {"content-type": kind, **cookies_of(visitor)}
    token = b"csrf_token=" + visitor.token().encode() + b"&password=x&username="

    def read(text: str) -> None:
        begun, ended = (PART, b"\r\n--x--\r\n") if "multipart" in kind else (token, b"")
        body = begun + piece * (len(text) // len(piece)) + ended
        assert send(quiet_house, "POST", "/login", headers, body).answer.status_code in {303, 400, 403, 422}

    assert_in_proportion(read, ["a" * length for length in LENGTHS], name)


def test_each_query(quiet_house: House) -> None:
    """On the lists that look for what was typed, up to what an address may hold."""
    tester = cookies_of(quiet_house.sign_in("Tester"))
    for url in ("/search?q=", "/login?next=/"):

        def read(text: str, url: str = url) -> None:
            send(quiet_house, "GET", url + quote(text)[: LONGEST_QUERY - 100], tester)

        check(read, longest=LONGEST_QUERY // 3, named=url)


def test_what_is_longer_than_anything_of_ours_is_refused_unread(quiet_house: House) -> None:
    def status(url: str, headers: dict[str, str]) -> int:
        return send(quiet_house, "GET", url, headers).answer.status_code

    one = "x" * (LONGEST_HEADER - len("x-one"))
    assert status("/login", {"x-one": one}) == 200
    assert status("/login", {"x-one": one + "x"}) == 431
    assert status("/login", {f"x-{at}": "x" * 6000 for at in range(LONGEST_HEADERS // 6000 + 1)}) == 431
    assert status("/login", {f"x-{at}": "x" for at in range(MOST_HEADERS)}) == 431
    assert status("/login?q=" + "x" * (LONGEST_QUERY - 2), {}) == 200
    assert status("/login?q=" + "x" * (LONGEST_QUERY - 1), {}) == 414
    assert status("/" + "x" * LONGEST_PATH, {}) == 414
    refused = send(quiet_house, "GET", "/login?" + "x" * (LONGEST_QUERY + 1)).answer
    assert refused.text.startswith("Adressen er for lang.")
    assert "content-security-policy" in refused.headers


def test_what_was_typed_comes_back_with_a_sentence(quiet_house: House) -> None:
    """Too long, or with too many marks: it is refused before it is read, and is not lost."""
    tester = quiet_house.sign_in("Tester").open("/orders/new")
    tester.fill(description="ord " * 1_200).press("Send bestilling")
    assert tester.has("Teksten kan ha høyst 4000 tegn, og her står det 4799. Gjør den kortere.")
    assert tester.value("description").count("ord") == 1_200
    tester.fill(description="Kurs a" + "\u0301" * (MOST + 1)).press("Send bestilling")
    assert tester.has("Teksten har for mange aksenttegn etter hverandre. Ta bort dem som ikke hører til.")
    assert tester.value("description").startswith("Kurs á")


def test_no_part_of_a_number_is_left_where_a_text_is_cut() -> None:
    for at in range(1, 12):
        text = "x" * (500 - at) + " 14838419861 "
        form: Any = UnitFilter(Fields([("unit_filter", text)]), meta={"today": TODAY})
        assert not re.search("[0-9]", form.unit_filter.data)
        assert form.unit_filter.process_errors == [
            f"Teksten kan ha høyst 500 tegn, og her står det {len(text)}. Gjør den kortere."
        ]
