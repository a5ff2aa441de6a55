"""The guard on texts that people send: the user is asked about words that suggest somebody's health.

Which words those are stands in `models.values.sensitive`; the question is drawn by `frame/_guard.html`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.values.sensitive import without, words_in
from routes.web.forms import PortalForm
from routes.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Finding:
    """The words that one field holds."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Guard:
    """What stops a form: words that are asked about, or that were just taken out and are to be read over."""

    findings: tuple[Finding, ...] = ()
    removed: str = ""

    @property
    def status(self) -> int:
        """With which the form is drawn again."""
        return 422 if self.findings else 200


def guard_on(visit: Visit, form: PortalForm, names: Iterable[str]) -> Guard | None:
    """Look through the fields with these names; None where nothing is found, or the sender wants it sent all the same.

    With `Fjern` the words are taken out of the form.
    """
    found = {name: words for name in names if (words := words_in(form[name].data or ""))}
    answer = visit.form.get("sensitive")
    if not found or answer == "send":
        return None
    if answer != "remove":
        return Guard(tuple(Finding(form[name].label.text, ", ".join(words)) for name, words in found.items()))
    for name, words in found.items():
        form[name].data = without(form[name].data, words)
    return Guard(removed=", ".join(sorted({word for words in found.values() for word in words})))
