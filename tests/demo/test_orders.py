"""The demo's orders: that of the user guide, and histories that could have happened."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from models.catalogue.entry import PRODUCT_GROUPS
from models.core.clock import OSLO, today_in_oslo
from models.customers.customer import Customer
from models.customers.units import Unit
from models.demo.orders import GUIDES_NUMBER, WAYS
from models.orders.numbers import Number, next_number
from models.orders.order import Order, StatusChange, parts_of
from models.users.user import Grant
from models.values.sensitive import words_in
from tests.demo.loaded import Demo

# Orders


def test_the_guides_order_is_as_in_the_guide(demo: Demo) -> None:
    order = demo.order(GUIDES_NUMBER)
    assert order.ordered_on == date(2023, 4, 17)
    assert (order.product_group, order.status) == (None, None)
    assert order.unit_id == demo.unit("Demokunde_Test").id
    assert (order.delivery, order.quantity) == ("Støttesamtaler", "4")
    assert (order.description, order.contact) == ("så raskt som mulig", "Ola Olsen - tlf 1243254")
    assert parts_of(order).composed == (
        'så raskt som mulig Ønsket leveranse: "Støttesamtaler". Antall/omfang: 4. '
        "Sted/lokasjon for gjennomføring av leveranse: Oslo. "
        "Kundebestilling referanse: Merkes med 123. Navn og tlf nr til kontaktperson: Ola Olsen - tlf 1243254."
    )


def test_the_health_round_is_five_orders_of_bergen(demo: Demo) -> None:
    orders = [demo.order(number) for number in range(307512, 307517)]
    assert {order.unit_id for order in orders} == {demo.unit("Bergen").id}
    assert [(parts_of(order).composed, order.status) for order in orders] == [
        ("For- og etterarbeid til HK", "Under behandling"),
        ("Helsekontroller", "Planlagt"),
        ("Tilbakemeldingsmøte / presentasjon av rapport", "Mottatt"),
        ("AMP", "Planlagt"),
        ("Volumbestilling HK", "Løpende"),
    ]


def test_there_are_sixty_orders_of_every_kind_over_three_years(demo: Demo) -> None:
    orders = demo.all(Order)
    assert len(orders) == 60
    assert {order.status for order in orders} == {None, *WAYS}
    assert {order.product_group for order in orders} == {None, *PRODUCT_GROUPS}
    assert any("<b>" in order.description and '"' in order.description for order in orders)
    assert max(len(order.description) for order in orders) in range(1880, 1921)
    today = today_in_oslo(demo.now)
    days = [order.ordered_on for order in orders if order.number != GUIDES_NUMBER]
    assert max(days) <= today
    assert timedelta(days=1000) < today - min(days) < timedelta(days=3 * 365 + 2)
    assert all(day.weekday() < 5 for day in days)


def test_every_customer_has_orders_and_the_testers_are_various(demo: Demo) -> None:
    per_customer = Counter(order.customer_id for order in demo.all(Order))
    assert len(per_customer) == len(demo.all(Customer))
    assert min(per_customer.values()) >= 5
    assert per_customer.most_common(1)[0] == (demo.unit("Bergen").customer_id, 27)
    testers = [order for order in demo.all(Order) if order.unit_id == demo.unit("Demokunde_Test").id]
    assert len({order.status for order in testers}) == len(testers) == 8


def test_no_order_would_have_made_the_guard_for_sensitive_text_speak(demo: Demo) -> None:
    today = today_in_oslo(demo.now)
    for order in demo.all(Order):
        assert words_in(parts_of(order).composed) == []
        assert parts_of(order).masked(today) == (parts_of(order), 0)


def test_numbers_grow_with_the_dates(demo: Demo) -> None:
    orders = sorted(demo.all(Order), key=lambda order: order.number)
    assert orders[0].number == GUIDES_NUMBER
    assert orders[-1].number < 308000
    assert all(a.ordered_on <= b.ordered_on for a, b in pairwise(orders[1:]))
    assert demo.all(Number)[0].last == orders[-1].number
    assert next_number(demo.db, "orders", begin=900_000) == orders[-1].number + 1
    demo.db.rollback()


def test_the_histories_lead_to_the_statuses(demo: Demo) -> None:
    changes = demo.all(StatusChange)
    for order in demo.all(Order):
        own = [change for change in changes if change.order_number == order.number]
        assert tuple(change.status for change in own) == (WAYS[order.status] if order.status else ())
        assert all(a.at < b.at for a, b in pairwise(own))
        assert all(order.ordered_on <= change.at.astimezone(OSLO).date() for change in own)
        assert all(change.at < demo.now for change in own)
        assert {change.customer_id for change in own} <= {order.customer_id}


def test_who_placed_an_order_may_do_so(demo: Demo) -> None:
    tops = {
        (grant.user_id, unit.id)
        for grant in demo.all(Grant)
        if grant.orders
        for unit in demo.all(Unit)
        if unit.path.startswith(demo.db.get_one(Unit, grant.unit_id).path)
    }
    placed = [(order.placed_by_id, order.unit_id) for order in demo.all(Order) if order.placed_by_id]
    assert len(placed) > 30
    assert set(placed) <= tops
