"""AR6: an identity number comes back in nothing that is answered, wherever it was put and however it was written."""

from urllib.parse import unquote

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from routes.web.http.links import without_numbers
from tests.stage.connections.raw import cookies_of, send
from tests.stage.house import House
from tests.stage.times import TODAY

NUMBER = "05840399895"
FULL_WIDTH = "%EF%BC%90%EF%BC%95%EF%BC%98%EF%BC%94%EF%BC%90%EF%BC%93%EF%BC%99%EF%BC%99%EF%BC%98%EF%BC%99%EF%BC%95"
ADDRESSES = [
    "/employees?q={}",
    "/employees?unit={}",
    "/orders?number={}&unit={}",
    "/orders?{}=1",
    "/search?q={}",
    "/invoices/{}",
    "/invoices/{}.pdf",
    "/account-statement?payer={}&from={}",
    "/desk/customers?q={}",
    "/desk/orders?customer={}&number={}",
    "/employees/{}",
    "/static/{}.css",
    "/{}",
    "/login?next=/employees?q={}",
    "/login?next=%2Femployees%3Fq%3D{}",
    "/password/{}",
    "/me/{}",
    "/guide/{}",
]
WRITTEN = [NUMBER, "058403%2099895", "058%20403%20998%2095", "058403/99895", FULL_WIDTH]


DRAWN = {"x-request-id", "etag"}
"""What is drawn by lot, or worked out of the whole page: any five digits come up in it now and then."""


@pytest.mark.parametrize("username", [None, "Tester", "hms.fjord", "kam.lie"])
def test_a_number_in_an_address_is_given_back_in_nothing(quiet_house: House, username: str | None) -> None:
    """The watch looks at the answers; here they are looked at as well, with every sign as it is."""
    cookies = cookies_of(quiet_house.sign_in(username)) if username else {}
    for address in ADDRESSES:
        for written in WRITTEN:
            for more in ({}, {"hx-request": "true", "hx-target": "section#results"}):
                answer = send(quiet_house, "GET", address.replace("{}", written), {**cookies, **more}).answer
                headers = [(name, value) for name, value in answer.headers.multi_items() if name not in DRAWN]
                said = " ".join([answer.text, *map(str, headers)])
                for digits in (NUMBER, "99895", "998%2095", "998+95", "998 95", FULL_WIDTH, unquote(FULL_WIDTH)[:3]):
                    assert digits not in said, (address, written, username)


def test_a_number_in_the_address_of_the_page_before_is_not_come_back_to(quiet_house: House) -> None:
    headers = {"hx-request": "true", "hx-current-url": f"http://127.0.0.1:8000/employees?q={NUMBER}&unit=3"}
    answer = send(quiet_house, "GET", "/employees", headers).answer
    there = unquote(unquote(answer.headers["hx-redirect"]))
    assert there == "/login?next=/employees?q=058403*****&unit=3"


def test_a_viewing_keeps_no_number_of_an_address(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS")
    kam.fill(reason="Spør om en faktura").press("Se som kunden").send("GET", f"/invoices/{NUMBER}")
    with quiet_house.behind() as db:
        pages = [entry.changed.get("page") for entry in db.scalars(select(AuditEntry))]
    assert "/invoices/058403*****" in pages


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("/employees?q=kari&unit=3", "/employees?q=kari&unit=3"),
        (f"/employees?q={NUMBER}&unit=3", "/employees?q=058403*****&unit=3"),
        (f"/a/{NUMBER}/b?c=d", "/a/058403*****/b?c=d"),
        (f"/login?next=/employees?q={NUMBER}", "/login?next=/employees%3Fq%3D058403*****"),
        ("/login?next=%2Fx%3Fq%3D058403%25252F99895", "/login"),
        (f"/?{NUMBER}=1", "/"),
        ("/x%2F%25300584039989", "/x%2F%25300584039989"),
    ],
)
def test_an_address_is_given_back_without_the_number_alone(address: str, masked: str) -> None:
    assert without_numbers(address, today=TODAY) == masked
