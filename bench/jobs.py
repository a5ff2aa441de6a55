"""Ten daily jobs, counted: what a browser asks of the portal, how often one clicks, and how often one presses Tab.

python -m bench.jobs   prints what stands as `now` in docs/reach.md; it needs Chromium

Each job is done twice by somebody who knows the portal, from the first page after signing in: with a mouse, and with
the keyboard alone, where a click is as many Tab presses as it takes to get there, and Enter.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, sync_playwright

from tests.stage.browsers.chromium import Visitor, open_chromium
from tests.stage.browsers.live import LivePortal

_PATIENCE = 20_000
"""Milliseconds in which anything has to be there."""
_MOST = 200
"""Tab presses after which nobody would go on."""


class Worker:
    """Somebody at work, and the count of what it takes."""

    def __init__(self, browser: Browser, portal: LivePortal, username: str, *, by_keyboard: bool) -> None:
        self.person = Visitor(browser, portal).sign_in(username)
        self.person.asked.clear()
        self.person.context.set_default_timeout(_PATIENCE)
        self.by_keyboard = by_keyboard
        self.clicks = self.tabs = 0

    def follow(self, name: str) -> None:
        """A link by its words."""
        self.press(self.person.page.get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """A button by its words."""
        self.press(self.person.page.get_by_role("button", name=name).first)

    def press(self, target: Locator, *, key: str = "Enter") -> None:
        """A link, a button, or with the blank a box to tick."""
        if self.by_keyboard:
            self.reach(target)
            self.person.press(key)
        else:
            target.click()
            self.clicks += 1
        self.settle()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.type(self.person.page.get_by_label(label, exact=True), text)

    def type(self, field: Locator, text: str) -> None:
        """The same, of a field without a label in sight."""
        if self.by_keyboard:
            self.reach(field)
            self.person.type(text)
        else:
            field.click()
            self.clicks += 1
            field.fill(text)

    def choose(self, label: str, option: str) -> None:
        """Take one of a list, by its first letters."""
        field = self.person.page.get_by_label(label, exact=True)
        if self.by_keyboard:
            self.reach(field)
        else:
            self.clicks += 1
        field.select_option(label=option)

    def reach(self, target: Locator) -> None:
        """Press Tab until it has the focus; raises AssertionError where it never has."""
        target.wait_for()
        for _ in range(_MOST):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.person.press("Tab")
            self.tabs += 1
        raise AssertionError(f"Tab does not lead to {target}")

    def settle(self) -> None:
        """Wait until what was asked for has come."""
        self.person.page.wait_for_load_state("networkidle")

    @property
    def requests(self) -> int:
        """What was asked of the portal: pages, parts and answers to forms; files of the frame are kept from before."""
        paths = [urlsplit(request.url).path for request in self.person.asked]
        return len([path for path in paths if not path.startswith("/static/")])


def order(hr: Worker) -> None:
    """HR orders ergonomics for Bergen."""
    hr.follow("Ny bestilling")
    hr.choose("Bedrift/avdeling:", "Bergen")
    hr.fill("Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc", "Ergonomi")
    hr.button("Send bestilling")


def find_order(hr: Worker) -> None:
    """HR looks how far an order has come, by its number."""
    hr.type(hr.person.page.locator("input[type=search]").first, "307513")
    hr.button("Finn")
    hr.follow("307513")


def answer(hr: Worker) -> None:
    """HR answers the account manager on an order that waits for it."""
    hr.follow("Se bestillingene")
    hr.press(hr.person.rows.first.get_by_role("link"))
    hr.fill("Skriv en melding", "Det passer fint.")
    hr.button("Send melding")


def sign_up(hr: Worker) -> None:
    """HR puts an employee on a time."""
    hr.follow("Hørselskontroll")
    hr.press(hr.person.page.locator("#people input[type=checkbox]").first, key=" ")
    hr.press(hr.person.page.locator("#slots button[name=slot]").first)


def add(hr: Worker) -> None:
    """HR adds somebody who is new."""
    hr.follow("Ansatte")
    hr.follow("Ny ansatt")
    hr.fill("Fornavn", "Kari")
    hr.fill("Etternavn", "Prøve")
    hr.fill("Epost", "kari.prove@fjordbygg.example")
    hr.choose("Bedrift/avdeling", "Bergen")
    hr.button("Lagre")


def overdue(finance: Worker) -> None:
    """Finance looks up how to pay what is overdue."""
    finance.follow("Forfalt")
    finance.press(finance.person.rows.first.get_by_role("link"))


def statement(finance: Worker) -> None:
    """Finance looks at the account statement of all payers."""
    finance.follow("Fakturaer")
    finance.follow("Kontoutdrag")


def question(finance: Worker) -> None:
    """Finance asks about an invoice."""
    finance.follow("Fakturaer")
    finance.press(finance.person.rows.first.get_by_role("link"))
    finance.fill("Skriv en melding", "Hva gjelder denne?")
    finance.button("Send melding")


def in_stead(desk: Worker) -> None:
    """The account manager orders for a customer who phones."""
    desk.follow("Kunder")
    desk.follow("Fjordbygg Entreprenør AS")
    desk.follow("Ny bestilling")
    desk.choose("På vegne av:", "Hilde Moldskred (hms.fjord)")
    desk.choose("Bedrift/avdeling:", "Bergen")
    desk.fill("Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc", "Ergonomi")
    desk.button("Send bestilling")


def reply(desk: Worker) -> None:
    """The account manager answers the customer who has waited longest."""
    desk.press(desk.person.page.locator("#waits a.button").first)
    desk.fill("Skriv en melding", "Vi kommer 14. oktober.")
    desk.button("Send melding")


JOBS: tuple[tuple[str, str, str, Callable[[Worker], None]], ...] = (
    ("HR", "orders", "hms.fjord", order),
    ("HR", "finds an order by its number", "hms.fjord", find_order),
    ("HR", "answers on an order that waits", "hms.fjord", answer),
    ("HR", "puts an employee on a time", "hms.fjord", sign_up),
    ("HR", "adds an employee", "hms.fjord", add),
    ("finance", "looks up how to pay what is overdue", "okonomi.fjord", overdue),
    ("finance", "looks at the statement of all payers", "okonomi.fjord", statement),
    ("finance", "asks about an invoice", "okonomi.fjord", question),
    ("desk", "orders for a customer who phones", "kam.lie", in_stead),
    ("desk", "answers who has waited longest", "kam.lie", reply),
)


def counted(browser: Browser, portal: LivePortal) -> Iterator[str]:
    """The lines of the table."""
    yield "| who | job | requests | clicks | Tab presses |"
    yield "| --- | --- | --: | --: | --: |"
    for who, job, username, do in JOBS:
        mouse, keyboard = (_done(browser, portal, username, do, by_keyboard=by) for by in (False, True))
        yield f"| {who} | {job} | {mouse.requests} | {mouse.clicks} | {keyboard.tabs} |"


def _done(
    browser: Browser, portal: LivePortal, username: str, do: Callable[[Worker], None], *, by_keyboard: bool
) -> Worker:
    """The job, done in a portal as it was."""
    portal.put_back()
    worker = Worker(browser, portal, username, by_keyboard=by_keyboard)
    do(worker)
    worker.person.check()
    return worker


def main() -> None:
    """Count, and print as it goes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, open_chromium(playwright) as browser:
        portal = LivePortal(Path(folder))
        for line in counted(browser, portal):
            print(line, flush=True)
        portal.close()


if __name__ == "__main__":
    main()
