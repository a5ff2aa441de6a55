"""Rapporter of a customer at the desk: publishing and removing one, and whether the customer sees the tab.

The plan of the year is in `desk_plans`.
"""

from collections.abc import Iterable

from starlette.responses import Response
from wtforms import BooleanField

from models.core.scope import Right
from models.customers.customer import Customer, switch_reports
from models.customers.units import units_in_scope
from models.reports.plans import plan_sizes
from models.reports.publishing import KeyUsed, NewReport, publish_report, remove_report
from models.reports.report import Kind, Report, file_of
from models.reports.search import Criteria, find_reports, report_by_id
from models.values.files.kinds import MAX_SIZE, FileRefused
from routes.web.answers import go, page
from routes.web.downloads import file_as_sent
from routes.web.fields import Choice, Option, Text, at_most, required
from routes.web.forms import PortalForm, masked_sentence, unit_choices
from routes.web.http.body import MEGABYTE
from routes.web.keys import idempotency_key, new_key
from routes.web.search import after_of
from routes.web.uploads import ENDINGS, WHY, uploads
from routes.web.visit import NOT_MAILED, Visit
from routes.web.words.labels import ValueChoice

_YEARS_BACK = 10
_WHERE = "Velg en av kundens avdelinger."
_WHEN = "Velg et av årene i listen."
_WHICH = "Velg hva slags dokument det er."


class ReportForm(PortalForm):
    """What has to be known of a report besides its file."""

    unit = Choice(
        "Bedrift/avdeling",
        validators=[required(_WHERE)],
        description="De som har rapporter her eller over, ser den.",
        refusal=_WHERE,
    )
    kind = ValueChoice("Type", Kind, none=Option("", "Velg"), validators=[required(_WHICH)], refusal=_WHICH)
    year = Choice("År", validators=[required(_WHEN)], description="Året dokumentet handler om.", refusal=_WHEN)
    title = Text("Tittel", [required("Skriv en tittel."), at_most(200)])
    summary = Text("Kort om innholdet", [at_most(1000)], description="Kan stå tomt. Står på siden og i e-posten.")
    tell = BooleanField(
        "Si fra på e-post", description="Til dem som har rapporter i avdelingen. Filen blir ikke sendt."
    )


def index(visit: Visit, id: int) -> Response:
    """The reports of a customer, the newest year first, the switch, and the plans."""
    visit.serve(Customer, id)
    found = find_reports(visit.db, Criteria(after=after_of(visit)))
    return page(
        visit,
        "reports/desk/index.html",
        customer=visit.db.get_one(Customer, id),
        found=found,
        following=visit.url("desk_reports", id=id, after=found.next) if found.next else None,
        plans=plan_sizes(visit.db),
        year=visit.today.year,
    )


def switch(visit: Visit, id: int) -> Response:
    """Show Rapporter to the customer, or hide it (U1)."""
    visit.serve(Customer, id)
    on = visit.form.get("on") == "1"
    switch_reports(visit.db, visit.db.get_one(Customer, id), on=on, by=visit.user.label, now=visit.now)
    return go(visit, visit.url("desk_reports", id=id), say=f"Kunden ser {'nå' if on else 'ikke lenger'} Rapporter.")


def new(visit: Visit, id: int) -> Response:
    """The empty form."""
    visit.serve(Customer, id)
    draft = visit.draft()
    form = _form(visit, draft or [("year", str(visit.today.year)), ("tell", "1")])
    return _new(visit, form, dict(draft or {}).get("idempotency_key") or new_key())


def create(visit: Visit, id: int) -> Response:
    """Publish a report, and tell those who may read it."""
    visit.serve(Customer, id)
    form, key = _form(visit, visit.form.multi_items()), idempotency_key(visit.form)
    upload = next(uploads(visit, "file"), None)
    valid = form.validate()
    if not valid or upload is None:
        return _new(visit, form, key, status=422, problem="" if upload else "Velg en fil.")
    wanted = NewReport(
        Kind(form.kind.data),
        int(form.year.data),
        form.title.data or "",
        form.summary.data or "",
        upload.name,
        upload.content,
    )
    try:
        told = publish_report(
            visit.db, int(form.unit.data), wanted, key=key, tell=form.tell.data, by=visit.user, now=visit.now
        )
    except FileRefused as refused:
        return _new(visit, form, key, status=422, problem=WHY[type(refused)])
    except KeyUsed:
        return _new(visit, form, new_key(), status=409, used=True)
    return go(
        visit, visit.url("desk_reports", id=id), say=_said(visit, told) + masked_sentence(form.masked + upload.masked)
    )


def removal(visit: Visit, id: int) -> Response:
    """Ask first."""
    customer_id = visit.serve(Report, id)
    report = report_by_id(visit.db, id)
    assert report
    return page(visit, "reports/desk/removal.html", report=report.row, customer=visit.db.get_one(Customer, customer_id))


def destroy(visit: Visit, id: int) -> Response:
    """Take it away."""
    customer_id = visit.serve(Report, id)
    remove_report(visit.db, id, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_reports", id=customer_id), say="Rapporten er tatt bort.")


def download(visit: Visit, id: int) -> Response:
    """The file, as the customer gets it."""
    visit.serve(Report, id)
    return file_as_sent(file_of(visit.db, id))


def _form(visit: Visit, sent: Iterable[tuple[str, object]]) -> ReportForm:
    form: ReportForm = ReportForm.of(visit, sent)
    assert visit.scope is not None
    form.unit.choices = unit_choices(units_in_scope(visit.db, visit.scope, *Right))
    this = visit.today.year
    form.year.choices = [Option(str(year), str(year)) for year in range(this + 1, this - _YEARS_BACK, -1)]
    return form


def _new(
    visit: Visit, form: ReportForm, key: str, *, status: int = 200, problem: str = "", used: bool = False
) -> Response:
    return page(
        visit,
        "reports/desk/new.html",
        part="report-form",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        form=form,
        key=key,
        problem=problem,
        used=used,
        endings=ENDINGS,
        most=MAX_SIZE // MEGABYTE,
    )


def _said(visit: Visit, told: int | None) -> str:
    if told is None:
        return "Rapporten er allerede lagt ut."
    if not told:
        return "Rapporten er lagt ut. Ingen er varslet."
    to = visit.mailed(f"{told} {'bruker' if told == 1 else 'brukere'} får e-post om den.", NOT_MAILED)
    return f"Rapporten er lagt ut. {to}"
