"""How far a list has come that is being brought in, as the steps that each list takes."""

from collections.abc import Sequence

from models.orders.steps import Mark, Step

OF_EMPLOYEES = ("Fil", "Kolonner", "Rader", "Ferdig")
OF_CUSTOMERS = ("Fil", "Rader", "Ferdig")


def steps_at(at: int, more: str = "", *, names: Sequence[str] = OF_EMPLOYEES) -> list[Step]:
    """The steps with the one where it is now, and what is to be said of that one; at their end, all are done."""
    now = [Step(name, Mark.NOW, more=more) for name in names[at : at + 1]]
    ahead = [Step(name, Mark.AHEAD) for name in names[at + 1 :]]
    return [*(Step(name, Mark.DONE) for name in names[:at]), *now, *ahead]
