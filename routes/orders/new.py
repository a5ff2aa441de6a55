"""Ny bestilling: from the empty form to the sent order. How it is placed, stands in `models.orders.placing`."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from starlette.responses import Response

from models.conversations.news import Told, who_is_told
from models.core.scope import Right
from models.customers.references import Rule, Rules, rules_of
from models.customers.units import UnitRow, units_in_scope
from models.orders.files import ON_ORDERS
from models.orders.order import PART_NAMES, Parts, order_by_number, parts_of
from models.orders.placing import KeyUsed, Terms, place_order
from models.users.of_customer import Asker
from routes.orders.page import hold_to
from routes.web.answers import go, page
from routes.web.fields import Text, at_most, is_id, required
from routes.web.forms import UnitChoice, masked_sentence, set_unit_choices
from routes.web.keys import idempotency_key, new_key
from routes.web.texts.asker import Ways, ways_at_desk
from routes.web.texts.attaching import Attaching, attaching, keep_waiting, lost_in
from routes.web.texts.guard import Guard, guard_on
from routes.web.visit import Visit

_NAMED = 5
"""Units that a hint names."""


class OrderForm(UnitChoice):
    """The controls of a new order, in the guide's order and with its texts (NB2)."""

    delivery = Text(
        "Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc",
        [required("Skriv hva som ønskes levert."), at_most(200)],
        description="Beskrivelse av leveranse.",
    )
    quantity = Text("Antall/omfang:", [at_most(100)])
    contact = Text(
        "Navn og tlf nr til kontaktperson:",
        [at_most(200)],
        description="Uten kontaktperson ringer kundeansvarlig deg som bestiller.",
    )
    reference = Text(
        "Faktura merkes med/fakturareferanse:",
        [at_most(100)],
        description="Sjekk at dette samsvarer med deres interne rutiner for merking av faktura.",
    )
    location = Text(
        "Sted/lokasjon for gjennomføring av leveranse:", [at_most(200)], description="Adresse eller eget lokale."
    )
    description = Text(
        "Bestillingsbeskrivelse:",
        [at_most(4000)],
        description="En kort beskrivelse av ønsket bestilling. Merk IKKE sensitive opplysninger.",
    )

    needed: Rule | None = None
    """What the chosen unit's reference has to look like, where it wants one."""

    def validate_reference(self, field: Text) -> None:
        """Raises the sentence for a reference that the unit wants otherwise."""
        hold_to(self.needed, field)

    @property
    def asker(self) -> Asker | None:
        """Who asked for it, where staff write it in the customer's stead."""
        return None

    @property
    def parts(self) -> Parts:
        """The free texts as they were typed, cleaned and masked."""
        return Parts(**{name: self[name].data or "" for name in PART_NAMES})


@dataclass(frozen=True, slots=True)
class Made:
    """An order that was sent, and how many identity numbers were masked in it."""

    number: int
    masked: int
    unit_id: int


Filling = Callable[[Visit, Iterable[tuple[str, object]]], OrderForm]
"""How the form is filled: a customer's, or that of staff who write in a customer's stead."""


def new(visit: Visit) -> Response:
    """The empty form, or what was typed before the session ended (NB1-NB3)."""
    return begin(visit, _form)


def create(visit: Visit) -> Response:
    """Send the order (NB9-NB13)."""
    made = send(visit, _form)
    if isinstance(made, Response):
        return made
    told = who_is_told(visit.db, made.unit_id, fallback=visit.portal.settings.fallback_email, now=visit.now)
    return go(visit, visit.url("order", number=made.number), say=_sent(visit, made.number, told, made.masked))


def begin(visit: Visit, fill: Filling) -> Response:
    """The form as it is found."""
    draft = visit.draft()
    form = fill(visit, draft or _again(visit) or _begun(visit))
    return _new(visit, form, dict(draft or {}).get("idempotency_key") or new_key(), lost_in(draft))


def send(visit: Visit, fill: Filling) -> Response | Made:
    """Place the order, unless the form asks for something smaller: to filter units, to remove words."""
    form, key = fill(visit, visit.form.multi_items()), idempotency_key(visit.form)
    files = attaching(visit, key, ON_ORDERS)
    if "filter_units" in visit.form:
        return _new(visit, form, key, files)
    if not form.validate() or files.problems:
        return _new(visit, form, key, files, status=422)
    guard = guard_on(visit, form, PART_NAMES)
    if guard:
        return _new(visit, form, key, files, status=guard.status, guard=guard)
    settings, unit_id = visit.portal.settings, int(form.unit.data)
    terms, chosen = Terms(settings.order_numbers_from, settings.fallback_email), files.chosen
    try:
        number = place_order(
            visit.db,
            unit_id,
            form.parts,
            by=visit.user,
            key=key,
            terms=terms,
            now=visit.now,
            chosen=chosen,
            asker=form.asker,
        )
    except KeyUsed as used:
        visit.undo()
        return _new(visit, form, new_key(), files, status=409, sent_as=used.number)
    return Made(number, form.masked + files.masked, unit_id)


def _again(visit: Visit) -> list[tuple[str, object]]:
    """What an order says that is to be ordered once more, `?again=307390`; nothing where the user has no such order."""
    number = visit.query_params.get("again", "")
    order = order_by_number(visit.db, int(number)) if is_id(number) else None
    return [("unit", str(order.unit_id)), *asdict(parts_of(order)).items()] if order else []


def _begun(visit: Visit) -> list[tuple[str, object]]:
    """What the address says, and who is signed in: that is whom most of a customer's orders name."""
    contact = [] if visit.is_at_desk else [("contact", visit.user.full_name)]
    return [*visit.query_params.multi_items(), *contact]


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> OrderForm:
    form: OrderForm = OrderForm.of(visit, pairs)
    filled(visit, form)
    return form


def filled(visit: Visit, form: OrderForm) -> None:
    """Let one choose among the units of the visit's scope, and say which references they want."""
    assert visit.scope is not None
    units = units_in_scope(visit.db, visit.scope, Right.ORDERS)
    set_unit_choices(form, units)
    _ask_for_reference(form, rules_of(visit.db), units)


def _ask_for_reference(form: OrderForm, rules: Rules, units: list[UnitRow]) -> None:
    """Say in the form which references are needed: that of the chosen unit, or else those of all that want one."""
    chosen = [unit for unit in units if str(unit.id) == form.unit.data]
    form.needed = rules.of(chosen[0].path) if chosen else None
    wanted = rules.examples((unit.path, unit.name) for unit in chosen or units)
    if not wanted:
        return
    form.reference.flags.required = form.needed is not None
    said = ", ".join(f"{name} (for eksempel {shown})" if shown else name for name, shown in wanted[:_NAMED])
    more = f" og {len(wanted) - _NAMED} avdelinger til" if len(wanted) > _NAMED else ""
    form.reference.description = f"Må fylles ut for {said}{more}."


def _new(
    visit: Visit,
    form: OrderForm,
    key: str,
    files: Attaching,
    *,
    status: int = 200,
    guard: Guard | None = None,
    sent_as: int | None = None,
) -> Response:
    files = keep_waiting(visit, files, key, ON_ORDERS)
    place, ways = ("orders/desk/new.html", _at_desk(visit)) if visit.is_at_desk else ("orders/new.html", _ways(visit))
    return page(
        visit,
        place,
        part=("orders/order-form", "units/unit-options"),
        status=status,
        ways=ways,
        form=form,
        key=key,
        files=files,
        guard=guard,
        sent_as=sent_as,
        masked=masked_sentence(form.masked + files.masked).strip(),
    )


def _ways(visit: Visit) -> Ways:
    return Ways(visit.url("create_order"), visit.url("new_order"), visit.url("orders"))


def _at_desk(visit: Visit) -> Ways:
    return ways_at_desk(visit, "desk_create_order", "desk_new_order", back="desk_customer")


def who_heard(told: Told) -> str:
    """Who of the provider's is told, as a sentence begins; empty where nobody is."""
    return "Kundeansvarlig er" if told.reader else "Bedriftshelsetjenesten er" if told.others else ""


def _sent(visit: Visit, number: int, told: Told, masked: int) -> str:
    """What the sender is told; that somebody was told only where it is so."""
    who = who_heard(told)
    letters = visit.mailed(f" {f'{who} varslet, og en' if who else 'En'} bekreftelse er sendt til {visit.user.email}.")
    return f"Bestilling {number} er sendt.{letters}{masked_sentence(masked)}"
