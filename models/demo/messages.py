"""The demo's messages: what Fjordbygg and its account manager have written to each other about the health checks."""

from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from models.conversations.message import Side
from models.core.clock import in_oslo
from models.demo.days import on_or_before
from models.demo.orders import Placed
from models.orders.messages import OrderMessage
from models.users.user import User

# order number, user, side, days before the demo is loaded, time, text
WRITTEN = [
    (
        307512,
        "hms.fjord",
        Side.CUSTOMER,
        6,
        time(9, 5),
        "Hei! To av de nyansatte på verkstedet er ikke meldt på ennå. Rekker vi å ta dem med i samme runde?",
    ),
    (
        307512,
        "kam.lie",
        Side.PROVIDER,
        5,
        time(13, 20),
        "Ja, det går fint. Meld dem på innen fristen, så setter vi av tid.\nSi fra om dere trenger flere timer.",
    ),
    (
        307514,
        "hms.fjord",
        Side.CUSTOMER,
        1,
        time(14, 40),
        "Kan møtet tas på Teams? Vi er spredt på tre kontorer den uka.",
    ),
]


def add_messages(db: Session, orders: dict[str, Placed], users: dict[str, User], *, today: date) -> None:
    """Add the messages; the last one waits for an answer."""
    for number, username, side, days, at, text in WRITTEN:
        order, user = orders[str(number)].order, users[username]
        db.add(
            OrderMessage(
                customer_id=order.customer_id,
                order_number=number,
                side=side.value,
                author=user.full_name,
                user_id=user.id,
                text=text,
                at=in_oslo(on_or_before(today - timedelta(days=days)), at),
                unanswered=number == 307514,
            )
        )
    db.flush()
