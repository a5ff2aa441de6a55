"""A member of the staff has lost telephone and recovery codes, and a colleague lets it in."""

from datetime import timedelta

from bs4 import Tag
from sqlalchemy import select

from models.staff.log import StaffChange
from models.users.user import Role, User
from tests.session.ways_in import letters, set_up
from tests.staff.test_desk_staff import added, member
from tests.stage.house import House
from tests.stage.page import Page


def reset_form(page: Page) -> Tag:
    """The form that takes the factor of the member on the page away."""
    form = page.soup.select_one("#reset-form")
    assert form
    return form


def test_an_administrator_takes_a_colleagues_lost_factor_away_and_never_the_own_one(house: House) -> None:
    added(house, Role.ADMINISTRATOR)
    nora = house.sign_in("nora")
    set_up(house, nora)
    kam = house.sign_in("kam.lie")
    set_up(house, kam)
    assert not member(kam, "Per-Arne Lie").has("Nullstill totrinnsbekreftelse"), "a code takes the own one away"
    own = f"{kam.url}/second-factor/removal"
    tampered = reset_form(member(kam, "Nora Dahl"))
    tampered["action"] = tampered["hx-post"] = own
    assert kam.submit(tampered).status_code == 404
    house.clock.advance(timedelta(minutes=20))
    member(kam, "Nora Dahl").submit(reset_form(kam))
    assert kam.has("Skriv ditt eget passord, så vi vet at det er du som endrer dette.")
    kam.submit(reset_form(kam), own_password="feil")
    assert kam.has("Det er ikke passordet ditt.")
    assert nora.open("/desk").h1 != "Logg inn", "nothing has happened yet"
    kam.submit(reset_form(kam), own_password="demo-kam.lie")
    assert kam.flash == "Nora Dahl logger nå inn med passordet alene, og får en e-post om det."
    assert kam.has("Totrinnsbekreftelsen er nullstilt")
    assert not kam.has("Nullstill totrinnsbekreftelse")
    assert letters(house, "nora")[-1] == "second_factor_removed"
    assert nora.open("/desk").h1 == "Logg inn", "signed out everywhere"
    with house.behind() as db:
        nora_id = db.scalars(select(User.account_manager_id).where(User.username == "nora")).one()
        done = select(StaffChange.actor, StaffChange.action).where(StaffChange.account_manager_id == nora_id)
        last = db.execute(done.order_by(StaffChange.id.desc())).first()
        assert last == ("Per-Arne Lie (kam.lie)", "second factor removed")
