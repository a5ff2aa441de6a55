"""One entry of the catalogue: added, changed, retired, and taken away as long as nothing has it."""

from collections.abc import Iterable

from starlette.responses import Response

from models.catalogue.changes import (
    Facts,
    IsChecks,
    IsNeeded,
    IsUsed,
    MadeMeanwhile,
    NameTaken,
    change,
    is_used,
    remove,
)
from models.catalogue.changes import create as add
from models.catalogue.entry import Kind, Meaning
from models.catalogue.words import Word, catalogue_of
from models.staff.administration import NotAnAdministrator
from routes.catalogue.form import ChangeForm, EntryForm
from routes.web.answers import go, page
from routes.web.errors import not_found
from routes.web.fields import is_id
from routes.web.visit import Visit

_ONE = {Kind.STATUS: "ordrestatus", Kind.PRODUCT_GROUP: "produktgruppe"}
_SENTENCES: dict[type[Exception], str] = {
    NameTaken: "Det finnes allerede en med dette navnet.",
    MadeMeanwhile: "Noen andre har endret katalogen i mellomtiden. Se hva som er lagret nå, og prøv igjen.",
    IsUsed: "Bestillinger eller planer har den. Ta den ut av bruk i stedet.",
    IsNeeded: "Ingen annen status i bruk betyr Avbestilt, og det må én gjøre. Legg til den nye først.",
    IsChecks: "Portalen kjenner helsekontrollene på denne produktgruppen. Kryss av for det på en annen først.",
}
_REFUSALS = tuple(_SENTENCES)


def new(visit: Visit) -> Response:
    """An empty form for a status, or for a product group."""
    draft = dict(visit.draft() or [])
    kind = _kind(str(draft.get("kind") or visit.query_params.get("kind", "")))
    form: EntryForm = EntryForm.of(visit, (draft or {"kind": kind.value}).items())
    return _new(visit, form, kind)


def create(visit: Visit) -> Response:
    """Put it at the end of the list."""
    form: EntryForm = EntryForm.of(visit)
    kind = _kind(form.kind.data or "")
    if not form.validate():
        return _new(visit, form, kind, status=422)
    try:
        add(visit.db, kind, form.name.data or "", Meaning(form.meaning.data), by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    except NameTaken:
        visit.undo()
        form.name.errors = [_SENTENCES[NameTaken]]
        return _new(visit, form, kind, status=422)
    return go(visit, visit.url("desk_catalogue"), say=f"{form.name.data} er lagt til.")


def edit(visit: Visit, id: int) -> Response:
    """What is said of an entry, to be changed."""
    entry = _entry(visit, id)
    return _edit(visit, _form(visit, entry, visit.draft() or _stored(entry)), entry)


def update(visit: Visit, id: int) -> Response:
    """Change it, on all orders at once."""
    entry = _entry(visit, id)
    form = _form(visit, entry)
    if not form.validate():
        return _edit(visit, form, entry, status=422)
    meaning = Meaning(form.meaning.data) if entry.kind is Kind.STATUS else entry.meaning
    is_checks = entry.kind is Kind.PRODUCT_GROUP and form.is_checks.data
    facts = Facts(form.name.data or "", meaning, form.position.value, form.is_active.data, is_checks)
    try:
        change(visit.db, id, facts, version=_version(form), by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    except _REFUSALS as refused:
        return _refused(visit, id, form, refused)
    return go(visit, visit.url("desk_catalogue"), say=f"{facts.name} er lagret.")


def destroy(visit: Visit, id: int) -> Response:
    """Take it away, where nothing has it."""
    entry = _entry(visit, id)
    form, name = _form(visit, entry), entry.name
    try:
        remove(visit.db, id, version=_version(form), by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    except _REFUSALS as refused:
        return _refused(visit, id, _form(visit, entry, _stored(entry)), refused)
    return go(visit, visit.url("desk_catalogue"), say=f"{name} er slettet.")


def _kind(text: str) -> Kind:
    try:
        return Kind(text or Kind.STATUS)
    except ValueError:
        raise not_found() from None


def _entry(visit: Visit, id: int) -> Word:
    for entry in catalogue_of(visit.db).words:
        if entry.id == id:
            return entry
    raise not_found()


def _version(form: ChangeForm) -> int:
    """The version that the form was drawn from; 0 is none."""
    typed = form.version.data or ""
    return int(typed) if is_id(typed) else 0


def _stored(entry: Word) -> list[tuple[str, object]]:
    ticked = [(name, "1") for name in ("is_active", "is_checks") if getattr(entry, name)]
    values = {"name": entry.name, "meaning": entry.meaning.value, "position": str(entry.position)}
    return [*values.items(), *ticked, ("version", str(entry.version))]


def _form(visit: Visit, entry: Word, pairs: Iterable[tuple[str, object]] | None = None) -> ChangeForm:
    form: ChangeForm = ChangeForm.of(visit, pairs)
    form.kind.data = entry.kind.value
    return form


def _refused(visit: Visit, id: int, form: ChangeForm, refused: Exception) -> Response:
    visit.undo()
    entry = _entry(visit, id)
    form.version.data = str(entry.version)
    if isinstance(refused, NameTaken):
        form.name.errors = [_SENTENCES[NameTaken]]
        return _edit(visit, form, entry, status=422)
    form.form_errors = [_SENTENCES[type(refused)]]
    return _edit(visit, form, entry, status=409)


def _new(visit: Visit, form: EntryForm, kind: Kind, *, status: int = 200) -> Response:
    return page(
        visit, "catalogue/new.html", part="entry-form", status=status, form=form, entry=None, kind=kind, one=_ONE[kind]
    )


def _edit(visit: Visit, form: ChangeForm, entry: Word, *, status: int = 200) -> Response:
    return page(
        visit,
        "catalogue/edit.html",
        part="entry-form",
        status=status,
        form=form,
        entry=entry,
        kind=entry.kind,
        one=_ONE[entry.kind],
        is_used=is_used(visit.db, entry),
    )
