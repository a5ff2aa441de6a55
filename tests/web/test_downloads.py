"""Downloads: long lists as files, in batches, in flat memory, while others go on."""

import asyncio
import csv
import io
from collections.abc import Callable, Iterator, MutableMapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.responses import Response

from models.exchange.sheets.files import Row, writer
from models.orders.order import Order
from models.users.sessions import UserSession
from models.users.user import Grant, User
from models.values.tables import Writer
from routes.web.downloads import NoLongerAllowed, disposition, download
from routes.web.entrance.place import Place
from routes.web.visit import Visit
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import TODAY

BATCH, ROWS = 500, 20_000


def letters(db: Session, after: int | None) -> tuple[list[Row], int | None]:
    """More rows than a page has, in batches, each with a look into the database."""
    assert db.scalar(select(Order.number).limit(1))
    first = after or 0
    last = first + BATCH
    rows: list[Row] = [
        (f"Kari Nygård {at}", date(1996, 2, 29), Decimal("1500.00"), at) for at in range(first, min(last, ROWS))
    ]
    return rows, last if last < ROWS else None


@pytest.fixture
def app_with_export(quiet_house: House) -> Iterator[House]:
    """The portal, whose page Info gives a file."""
    place = next(route.app for route in quiet_house.app.routes if getattr(route, "name", "") == "info")  # type: ignore[attr-defined]
    assert isinstance(place, Place)
    handler = place.handler
    yield quiet_house
    object.__setattr__(place, "handler", handler)


def gives(house: House, table: Writer[Row], read: Any = letters) -> None:
    """From now on the page Info is the file of `table`."""
    place = next(route.app for route in house.app.routes if getattr(route, "name", "") == "info")  # type: ignore[attr-defined]

    def handler(visit: Visit) -> Response:
        return download(visit, filename="ansatte på øya.csv", writer=table, read=read)

    object.__setattr__(place, "handler", handler)


class Client:
    """Somebody who takes a file at their own pace."""

    def __init__(
        self, house: House, person: Page, *, encoding: str = "identity", gone_after: int | None = None
    ) -> None:
        self._house, self._person, self._encoding, self._gone_after = house, person, encoding, gone_after
        self.pieces = 0
        self.bytes = 0
        self.most_at_once = 0
        self.kept = b""

    async def take(self, *, keep: bool = False) -> None:
        """Ask for the file, and take it piece by piece."""
        gone = asyncio.Event()
        asked = [False]

        async def receive() -> MutableMapping[str, Any]:
            if not asked[0]:
                asked[0] = True
                return {"type": "http.request", "body": b""}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            body = message.get("body", b"")
            self.pieces += bool(body)
            self.bytes += len(body)
            self.most_at_once = max(self.most_at_once, len(body))
            self.kept += body if keep else b""
            if self._gone_after is not None and self.pieces >= self._gone_after:
                gone.set()
            await asyncio.sleep(0)

        cookies = "; ".join(f"{name}={value}" for name, value in self._person.cookies.items())
        headers = {"host": "127.0.0.1:8000", "cookie": cookies, "accept-encoding": self._encoding}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/info",
            "raw_path": b"/info",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 4711),
            "server": ("127.0.0.1", 8000),
        }
        await self._house.app(scope, receive, send)


def test_whoever_has_several_customers_finds_in_its_name_whose_file_it_is(quiet_house: House) -> None:
    """A link of a tab that was opened before the switch gives the list of the customer that one is signed in to."""
    found = {}
    for user in ("anna.ka", "hms.fjord"):
        named = quiet_house.sign_in(user).send("GET", "/orders.csv").headers["content-disposition"]
        found[user] = unquote(named.partition("UTF-8''")[2])
    day = f"bestillinger-{TODAY}"
    assert found == {"anna.ka": f"{day} Havbris Sjømat AS.csv", "hms.fjord": f"{day}.csv"}


def test_a_list_comes_as_a_file_that_nobody_keeps(app_with_export: House) -> None:
    tester = app_with_export.sign_in("Tester")
    gives(app_with_export, writer("csv", ["Navn", "Født", "Beløp", "Nr"]))
    answer = tester.send("GET", "/info")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"ansatte pa oya.csv\"; filename*=UTF-8''ansatte%20p%C3%A5%20%C3%B8ya.csv"
    )
    assert answer.headers["content-encoding"] == "gzip"
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[:2] == [["Navn", "Født", "Beløp", "Nr"], ["Kari Nygård 0", "29.02.1996", "1500,00", "0"]]
    assert [row[3] for row in rows[1:]] == [str(at) for at in range(ROWS)]
    head = tester.send("HEAD", "/info")
    assert head.headers["content-disposition"] == answer.headers["content-disposition"]
    assert head.content == b""


def test_a_workbook_is_read_by_other_programs(app_with_export: House) -> None:
    tester = app_with_export.sign_in("Tester")

    def few(_db: Session, after: int | None) -> tuple[list[Row], int | None]:
        rows: list[Row] = [("=1+1", date(1996, 2, 29), Decimal("-1500.50"), 7), ("<b> & _x0041_\n\r", None, None, None)]
        return (rows, 1) if after is None else ([("0047 æøå", date(1900, 1, 5), Decimal(0), 0)], None)

    gives(app_with_export, writer("xlsx", ["Navn", "Født", "Beløp", "Nr"]), few)
    content = tester.send("GET", "/info").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python() == [
        ["Navn", "Født", "Beløp", "Nr"],
        ["=1+1", date(1996, 2, 29), -1500.5, 7.0],
        ["<b> & _x0041_\n\r", "", "", ""],
        ["0047 æøå", "05.01.1900", 0.0, 0.0],
    ]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Ark1"]
    assert [[cell.number_format for cell in row] for row in book.active.iter_rows(max_row=2)] == [
        ["@"] * 4,
        ["@", "mm-dd-yy", "#,##0.00", "General"],
    ]
    assert book.active.freeze_panes == "A2"


@pytest.mark.parametrize(("kind", "encoding"), [("csv", "zstd"), ("csv", "identity"), ("xlsx", "identity")])
def test_a_long_list_comes_in_small_pieces_and_stops_nobody(app_with_export: House, kind: Any, encoding: str) -> None:
    tester, other = app_with_export.sign_in("Tester"), app_with_export.sign_in("hms.fjord")
    gives(app_with_export, writer(kind, ["Navn", "Født", "Beløp", "Nr"]))
    client = Client(app_with_export, tester, encoding=encoding)
    meanwhile = 0

    async def both() -> None:
        nonlocal meanwhile
        taking = asyncio.ensure_future(client.take())
        while not taking.done():
            answer = await other._client.get("/orders?number=307513")
            assert answer.status_code == 200
            meanwhile += 1
            await asyncio.sleep(0)  # on SQLite an answer never waits
        await taking

    app_with_export._loop.wait(both())
    assert meanwhile >= 3, "others waited for the whole of it"
    assert client.most_at_once < 100_000, "the whole of it was held at once"


def test_who_goes_away_stops_the_reading(app_with_export: House) -> None:
    tester = app_with_export.sign_in("Tester")
    batches = 0

    def counting(db: Session, after: int | None) -> tuple[list[Row], int | None]:
        nonlocal batches
        batches += 1
        return letters(db, after)

    gives(app_with_export, writer("csv", ["Navn"]), counting)
    app_with_export._loop.wait(Client(app_with_export, tester, gone_after=5).take())
    assert batches < 12
    assert tester.open("/orders").status_code == 200


def test_each_batch_is_held_to_what_the_user_may_see(app_with_export: House) -> None:
    leder = app_with_export.sign_in("leder.brann")
    seen: set[int] = set()

    def numbers(db: Session, after: int | None) -> tuple[list[Row], int | None]:
        found = db.scalars(
            select(Order.number).where(Order.number > (after or 0)).order_by(Order.number).limit(1)
        ).all()
        seen.update(found)
        return [(number,) for number in found], found[-1] if found else None

    gives(app_with_export, writer("csv", ["Nr"]), numbers)
    written = leder.send("GET", "/info").content.decode("utf-8-sig").split()[1:]
    assert [int(number) for number in written] == sorted(seen)
    assert len(seen) > 1
    for number in seen:
        assert leder.send("GET", f"/orders/{number}").status_code == 200


def test_who_loses_the_right_meanwhile_gets_no_more_of_it(app_with_export: House) -> None:
    """Signed out, and with other rights: seen at the next look, a few seconds later at most."""
    tester, hms = app_with_export.sign_in("Tester"), app_with_export.sign_in("hms.fjord")

    def sign_out(db: Session) -> None:
        ended = update(UserSession).where(
            UserSession.user_id == select(User.id).where(User.username == "Tester").scalar_subquery()
        )
        db.execute(ended.values(ended_at=app_with_export.clock.now()))

    def take_a_right(db: Session) -> None:
        db.execute(update(Grant).values(orders=False))

    for person, lose in ((tester, sign_out), (hms, take_a_right)):
        batches = 0

        def loses(
            db: Session, after: int | None, lose: Callable[[Session], None] = lose
        ) -> tuple[list[Row], int | None]:
            nonlocal batches
            batches += 1
            if batches == 3:
                with app_with_export.behind() as behind:
                    lose(behind)
                    behind.commit()
                app_with_export.clock.advance(timedelta(seconds=4))
            return letters(db, after)

        gives(app_with_export, writer("csv", ["Navn"]), loses)
        with pytest.raises(NoLongerAllowed):
            person.send("GET", "/info")
        assert batches == 3


def test_a_fault_at_the_beginning_is_a_page_and_one_in_the_middle_breaks_off(app_with_export: House) -> None:
    tester = app_with_export.sign_in("Tester")

    def fails(at: int) -> Any:
        def read(db: Session, after: int | None) -> tuple[list[Row], int | None]:
            if (after or 0) >= at:
                raise OperationalError("SELECT 1", {}, Exception("away"))
            return letters(db, after)

        return read

    gives(app_with_export, writer("csv", ["Navn"]), fails(0))
    assert tester.open("/info").status_code == 503
    gives(app_with_export, writer("csv", ["Navn"]), fails(3 * BATCH))
    with pytest.raises(OperationalError):
        app_with_export._loop.wait(Client(app_with_export, tester).take())
    assert tester.open("/orders").status_code == 200


def test_the_name_of_a_file_cannot_break_out_of_its_header() -> None:
    assert disposition('a"b\\c\r\nd;é.csv') == (
        "attachment; filename=\"a_b_c__d;e.csv\"; filename*=UTF-8''a%22b%5Cc%0D%0Ad%3B%C3%A9.csv"
    )
    assert disposition("fakturaer.xlsx") == "attachment; filename=\"fakturaer.xlsx\"; filename*=UTF-8''fakturaer.xlsx"
