"""The states of the first pages, the search, what is under way, and the contract, and how each is reached."""

from playwright.sync_api import expect
from sqlalchemy import select

from models.customers.customer import Customer
from models.outbox.message import Channel, Outgoing, post
from tests.stage.browsers.chromium import Visitor
from tests.stage.times import NOW
from tests.web.states.ways import Ways, opens, viewing


def dead_letter(person: Visitor) -> None:
    with person.portal.behind() as db:
        fjordbygg = select(Customer.id).where(Customer.name == "Fjordbygg Entreprenør AS").scalar_subquery()
        message = post(
            db,
            Outgoing(
                channel=Channel.MAIL,
                kind="order_confirmation",
                about="order:307513",
                customer_id=db.scalar(select(fjordbygg)),
                payload={},
                at=NOW,
                to="a@b.example",
            ),
        )
        message.dead_at, message.attempts, message.last_error = NOW, 390, "smtp 550"
        db.commit()
    person.open("/desk/deliveries")
    expect(person.button("Send på nytt").first).to_be_visible()


STATES: Ways = {
    "contract": ("contract", None, opens("/contract")),
    "nothing in the contract": ("contract", None, opens("/contract?q=finnes+ikke")),
    "line of the contract": ("contract_line", None, opens("/contract/orders")),
    "info": ("info", "hms.fjord", opens("/info")),
    "info of finance": ("info", "okonomi.fjord", opens("/info")),
    "info of many units": ("info", "leder.brann", opens("/info")),
    "info of two customers": ("info", "anna.ka", opens("/info")),
    "desk": ("desk", "kam.lie", opens("/desk")),
    "viewing": ("info", "kam.lie", viewing),
    "dead letter": ("desk_deliveries", "kam.lie", dead_letter),
    "nothing to deliver": ("desk_deliveries", "kam.lie", opens("/desk/deliveries?customer=xyz")),
    "refused by the portal": ("desk_received", "kam.lie", opens("/desk/received")),
    "search": ("search", "Tester", opens("/search")),
    "search found": ("search", "Tester", opens("/search?q=Merkes+med+123")),
    "search of a number": ("search", "Tester", opens("/search?q=14838419861")),
    "worklist": ("worklist", "hms.fjord", opens("/worklist?todo=emails")),
    "worklist done": ("worklist", "Tester", opens("/worklist")),
    "units": ("units", "leder.brann", opens("/units")),
    "guide": ("guide", "hms.fjord", opens("/guide")),
    "accessibility": ("accessibility", "hms.fjord", opens("/accessibility")),
}
