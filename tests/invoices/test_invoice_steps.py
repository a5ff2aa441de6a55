"""How far an invoice has come stands on its page: what the portal has been told of, and nothing else."""

import pytest
from sqlalchemy import select

from models.invoices.invoice import Invoice, Status
from routes.invoices.steps import steps_of
from tests.stage.house import House
from tests.stage.times import TODAY

SAID = {
    Status.UNPAID: ["Sendt", "Forfaller", "Betalt"],
    Status.OVERDUE: ["Sendt", "Forfalt", "Betalt"],
    Status.IN_COLLECTION: ["Sendt", "Forfalt", "Til inkasso", "Betalt"],
    Status.PAID: ["Sendt", "Betalt"],
    Status.CREDITED: [],
}


@pytest.mark.parametrize("status", SAID)
def test_the_steps_are_those_that_the_data_know(quiet_house: House, status: Status) -> None:
    with quiet_house.behind() as db:
        invoice = next(
            each for each in db.scalars(select(Invoice)) if each.status(TODAY) is status and not each.is_credit_note
        )
        steps = steps_of(invoice, TODAY, None)
        late = [step.name for step in steps if step.mark == "stop"]
    assert [step.name for step in steps] == SAID[status]
    assert bool(late) == (status in {Status.OVERDUE, Status.IN_COLLECTION})


def test_a_late_invoice_says_so_in_its_steps(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/invoices?status=overdue")
    page = okonomi.follow(okonomi.rows[0][0])
    assert [step.get_text() for step in page.soup.select("#pay .steps b")][1] == "Forfalt"
    assert page.soup.select("#pay .steps li.stop")
