"""Answers to what is asked of the whole of a list, before its rows are looked over.

What is asked is decided in `models.imports.questions`.
"""

from starlette.responses import Response

from models.core.lanes import Lane
from models.imports.dry_run import answer
from routes.imports.page import QUESTIONS, found_import, go_on, import_page, opened, units_of
from routes.imports.sheet import Sheet
from routes.web.answers import go
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Take the answers; those that are missing are asked for again."""
    found, units = found_import(visit, id), units_of(visit)
    if found.applied_at:
        return go(visit, visit.url("import", id=id))
    dry_run = opened(visit, found)
    given = {question.key: str(visit.form.get(f"answer-{at}", "")) for at, question in enumerate(dry_run.questions)}
    visit.aside(lambda: answer(dry_run, given, units, today=visit.today), lane=Lane.LISTS)
    if any(not one for one in given.values()) and dry_run.open_questions:
        return import_page(visit, Sheet(visit, found, dry_run, units), status=422, step=QUESTIONS)
    return go_on(visit, found, dry_run, units)
