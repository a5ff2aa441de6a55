"""Vedlegg: the files of a form that is being written, whatever it is about: those taken, and what is said of others.

What is kept of them is in `models.conversations.files`; the field is `frame/_files_field.html`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.conversations.files import AT_MOST, Chosen, FileRow, Files, NewFile, sent_this_hour
from models.core.database import Session
from models.core.walls import has_written
from models.values.files.kinds import MAX_SIZE, FileRefused, media_type_of
from routes.web.fields import is_id
from routes.web.http.body import MEGABYTE
from routes.web.uploads import ENDINGS, WHY, uploads
from routes.web.visit import Visit

MAX_BODY = MAX_SIZE + MEGABYTE
"""What a form with files may weigh: they, and what is written."""
_MOST = MAX_SIZE // MEGABYTE


@dataclass(frozen=True, slots=True)
class Attaching:
    """The files of a form: those that are taken, and what is to be said of the others."""

    chosen: Chosen = field(default_factory=Chosen)
    problems: tuple[str, ...] = ()
    masked: int = 0
    """How many identity numbers their names had."""
    lost: str = ""
    """The names of those that were chosen when the session ended: they have to be chosen again."""

    endings = ENDINGS
    hint = f"Inntil {AT_MOST} filer på til sammen {_MOST} MB: {ENDINGS}. Ingen fødselsnumre eller helseopplysninger."

    @property
    def problem(self) -> str:
        """What is wrong, as one text."""
        return " ".join(self.problems)

    @property
    def waiting(self) -> Iterable[FileRow]:
        """Those that are kept with the form until it is sent."""
        return self.chosen.waiting


def attaching(visit: Visit, key: str, files: Files) -> Attaching:
    """The files that a form was sent with: new ones, and those that are still ticked of the ones that wait with it."""
    ticked = [int(id) for id in visit.form.getlist("waiting") if isinstance(id, str) and is_id(id)]
    waiting = files.of_form(visit.db, visit.user.user_id, key, ticked) if ticked else []
    new, problems, masked = [], [], 0
    for upload in uploads(visit, "files"):
        masked += upload.masked
        try:
            one = NewFile(upload.name, media_type_of(upload.name, upload.content), upload.content)
        except FileRefused as refused:
            problems.append(f"{upload.name}: {WHY[type(refused)]}")
        else:
            new.append(one)
    kept, more = _within(visit, waiting, new)
    return Attaching(Chosen(waiting, kept, key), (*problems, *more), masked)


def _within(visit: Visit, waiting: list[FileRow], new: list[NewFile]) -> tuple[list[NewFile], list[str]]:
    """As many of the new files as there is room for, and sentences about the others."""
    kept: list[NewFile] = []
    left = {"number": AT_MOST - len(waiting), "size": MAX_SIZE - sum(one.size for one in waiting)}
    too_many, too_large = [], []
    for one in new:
        if len(kept) >= left["number"]:
            too_many.append(one.file_name)
        elif one.size > left["size"]:
            too_large.append(one.file_name)
        else:
            kept.append(one)
            left["size"] -= one.size
    said = []
    if too_many:
        said.append(f"Høyst {AT_MOST} filer kan legges ved. Ikke tatt med: {', '.join(too_many)}.")
    if too_large:
        said.append(f"Filene kan til sammen være på høyst {_MOST} MB. Ikke tatt med: {', '.join(too_large)}.")
    if kept and not _has_room(visit, sum(one.size for one in kept)):
        said.append("Du har sendt mange filer den siste timen. Send uten filene, eller vent en time med dem.")
        kept = []
    return kept, said


def _has_room(visit: Visit, size: int) -> bool:
    """Whether a user may send so much more in this hour."""
    allowed = visit.portal.settings.hourly["megabytes"] * MEGABYTE
    return sent_this_hour(visit.db, visit.user.user_id, visit.now) + size <= allowed


def keep_waiting(visit: Visit, found: Attaching, key: str, files: Files) -> Attaching:
    """Keep the files of a form that is drawn again with that key, so that nobody has to choose them once more.

    A form that is drawn beside what was written, as that a message asks for no answer, is not the one that was sent.
    """
    if not (found.chosen.digests or visit.form.getlist("waiting")) or has_written(visit.db):
        return found

    def wait(db: Session) -> list[FileRow]:
        return files.let_wait(db, found.chosen, visit.customer_id, by=visit.user, key=key, now=visit.now)

    return Attaching(Chosen(visit.on_record(wait), (), key), found.problems, found.masked)


def lost_in(draft: Iterable[tuple[str, str]] | None) -> Attaching:
    """Of a form that comes back after signing in: its files were not kept, and are named."""
    return Attaching(lost=", ".join(value for name, value in draft or () if name == "lost_files"))
