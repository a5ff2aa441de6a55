"""Files that come with a form: their names, what is in them, and the sentence for one that is not taken.

Which kinds are kept is in `models.values.files.kinds`; how a file is sent back, in `downloads`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile

from models.values.files.kinds import MAX_SIZE, MEDIA_TYPES, FileRefused, NotWhatItSays, WrongEnding, WrongSize
from routes.web.fields import cleaned
from routes.web.http.body import MEGABYTE
from routes.web.visit import Visit

_LONGEST_NAME = 200
ENDINGS = ", ".join(MEDIA_TYPES)
"""The kinds that are taken, as a hint and a file chooser name them."""
WHY: Mapping[type[FileRefused], str] = {
    WrongEnding: f"Filen må være av typen {ENDINGS}. Lagre den som PDF, og velg den på nytt.",
    WrongSize: f"Filen må ha innhold, og være på høyst {MAX_SIZE // MEGABYTE} MB.",
    NotWhatItSays: "Innholdet er noe annet enn navnet på filen sier, eller har makroer. Lagre den som PDF.",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    """Without folders, and with identity numbers masked."""
    content: bytes
    masked: int
    """How many identity numbers its name had."""


def uploads(visit: Visit, name: str) -> Iterator[Upload]:
    """The files that were chosen in a field of a form."""
    for sent in visit.form.getlist(name):
        if isinstance(sent, UploadFile) and sent.filename:
            called, masked = name_of(visit, sent.filename)
            yield Upload(called, sent.file.read(), masked)


def name_of(visit: Visit, file_name: str) -> tuple[str, int]:
    """What a file is called, however a browser names its folders; and how many identity numbers were masked in it."""
    name, masked = cleaned(file_name.replace("\\", "/").rpartition("/")[2], today=visit.today)
    return name.replace("\n", " ")[-_LONGEST_NAME:], masked
