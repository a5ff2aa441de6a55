"""Å gjøre: the worklist as a page of its own, and each of its rows put right in place, there and on Info (number 4)."""

from dataclasses import replace

from starlette.responses import Response

from models.employees.employee import ChangedMeanwhile, Employee, employee_by_id
from models.employees.national_ids import has_number, others_with, register
from models.values.national_id import birth_date_warning
from routes.info.boxes import EMAILS, EmailForm, NationalIdForm, Tried, boxes
from routes.info.tiles import to_do
from routes.web.answers import page, swap
from routes.web.errors import not_found
from routes.web.fields import is_id
from routes.web.receipts import ReceiptLine, receipt_of
from routes.web.visit import Visit


def index(visit: Visit) -> Response:
    """All that waits, with one box open."""
    tried = _drafted(visit)
    return _index(visit, tried.box if tried else visit.query_params.get("todo", ""), tried)


def update_email(visit: Visit, id: int) -> Response:
    """Put a missing address in (AN2, AR12)."""
    employee = _employee(visit, id)
    form: EmailForm = EmailForm.of(visit, visit.form.multi_items())
    if not form.validate():
        return _index(visit, EMAILS, Tried(EMAILS, id, form), status=422)
    said, tone = f"E-postadressen til {employee.full_name} er lagret.", "good"
    try:
        if employee.email:
            raise ChangedMeanwhile
        details = replace(employee.details, email=form.email.value)
        employee.change(visit.db, details, by=visit.user, now=visit.now)
    except ChangedMeanwhile:
        said = f"{employee.full_name} har fått en annen e-postadresse av noen andre i mellomtiden. Den er ikke endret."
        tone = "wait"
    return _done(visit, employee, EMAILS, said, tone=tone)


def update_national_id(visit: Visit, id: int) -> Response:
    """Put a missing number in (AR6, AR8, AR9); who else has it is told, and no reason to refuse it."""
    employee, box = _employee(visit, id), _sent_from(visit)
    form: NationalIdForm = NationalIdForm.of(visit, visit.form.multi_items())
    if not form.validate():
        return _index(visit, box, Tried(box, id, form), status=422)
    number = form.national_id.number
    assert number is not None
    if has_number(visit.db, id):
        said = f"{employee.full_name} har fått et fødselsnummer av noen andre i mellomtiden."
        return _done(visit, employee, box, said, tone="wait")
    keyring = visit.portal.keyring
    register(visit.db, keyring, id, number, by=visit.user, now=visit.now)
    others = others_with(visit.db, keyring, employee.customer_id, number, than=id)
    names = ", ".join(f"{other.name} ({other.unit_name})" for other in others)
    warnings = [
        birth_date_warning(number, employee.birth_date, today=visit.today),
        f"Det samme nummeret er registrert på {names}." if names else None,
    ]
    said = " ".join(filter(None, [f"Fødselsnummeret til {employee.full_name} er lagret.", *warnings]))
    return _done(visit, employee, box, said, tone="wait" if any(warnings) else "good")


def _index(visit: Visit, todo: str, tried: Tried | None = None, *, status: int = 200) -> Response:
    found = boxes(visit, todo, tried)
    return page(
        visit,
        "info/worklist/index.html",
        part="worklist",
        status=status,
        no_store=any(box.rows and box.id != EMAILS for box in found),
        boxes=found,
        to_do=to_do(visit, found),
        tried=tried,
        receipt=_receipt(visit),
    )


def _done(visit: Visit, employee: Employee, box: str, said: str, *, tone: str) -> Response:
    """The worklist without the row, the box still open."""
    found = boxes(visit, box)
    return swap(
        visit,
        "info/worklist/_worklist.html",
        or_go=visit.url("worklist", todo=box, saved=employee.id),
        say=said,
        tone=tone,
        stay=True,
        boxes=found,
        to_do=to_do(visit, found),
        tried=None,
        receipt=_receipt(visit, employee),
    )


def _receipt(visit: Visit, employee: Employee | None = None) -> ReceiptLine:
    """The receipt of the employee who was just put right, which the URL names."""
    saved = visit.query_params.get("saved", "")
    if employee is None and saved.isascii() and saved.isdigit() and len(saved) <= 9:
        employee = employee_by_id(visit.db, int(saved))
    if employee is None:
        return ReceiptLine()
    return receipt_of(visit, employee.about, ask=visit.url("employee_receipt", id=employee.id))


def _drafted(visit: Visit) -> Tried | None:
    """The address that was being typed when the session ended; a number is never kept."""
    draft, id = visit.draft(), visit.query_params.get("id", "")
    if not draft or not is_id(id):
        return None
    return Tried(EMAILS, int(id), EmailForm.of(visit, draft))


def _sent_from(visit: Visit) -> str:
    box = visit.form.get("todo")
    return box if isinstance(box, str) and box.isascii() and box.isdigit() and len(box) <= 9 else ""


def _employee(visit: Visit, id: int) -> Employee:
    employee = employee_by_id(visit.db, id)
    if employee is None:
        raise not_found()
    return employee
