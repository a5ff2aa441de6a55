"""Two customers of the demo, between whom the walls stand."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.database import Database
from models.core.scope import Right, Scope
from models.customers.units import Unit
from models.orders.order import Order
from tests.stage.house import House
from tests.stage.times import TODAY


class World:
    """Two customers of the demo, one unit of the second, and the database behind the portal."""

    def __init__(self, house: House) -> None:
        self.database = Database(house.settings.database_url)
        with house.behind() as db:
            ids = {unit.name: unit for unit in db.scalars(select(Unit))}
            self.demo, self.fjord = ids["Demokunde_Test"], ids["Fjordbygg Entreprenør AS"]
            self.bergen, self.stavanger = ids["Bergen"], ids["Stavanger"]
            self.fjord_orders = set(db.scalars(select(Order.number).where(Order.customer_id == self.fjord.customer_id)))
            self.bergen_orders = set(db.scalars(select(Order.number).where(Order.unit_id == self.bergen.id)))
        self.whole = Scope.whole(self.fjord.customer_id)
        self.one_unit = Scope(self.fjord.customer_id, dict.fromkeys(Right, frozenset({self.bergen.id})))

    def session(self, scope: Scope | None, *, read_only: bool = False) -> Session:
        return self.database.session(scope, read_only=read_only)

    def an_order(self, **changed: object) -> Order:
        """A new order of Bergen, or of whom `changed` says."""
        facts = {
            "number": 900_000,
            "ordered_on": TODAY,
            "customer_id": self.fjord.customer_id,
            "unit_id": self.bergen.id,
        }
        return Order(**{**facts, **changed})
