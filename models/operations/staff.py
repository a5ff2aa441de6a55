"""How the first member of the staff comes in, and whoever has lost the way: no mail server is needed, and no telephone.

What else changes of the staff is done at the desk (`models.staff`).
"""

from collections.abc import Callable, Iterable

from models.core.audit import Named
from models.core.settings import Settings
from models.core.signed import PASSWORD_LINK, Signer
from models.operations.installation import Installation, Refused
from models.staff.administration import administrators
from models.staff.changes import AlreadyStaff, Details, UsernameTaken, add_member, link_for
from models.staff.factors import reset_factor
from models.users.factors.changes import remove
from models.users.user import Role, find_user

OPERATOR = Named("Kommandolinjen")
"""Whoever runs the commands, as the log names one."""

Address = Callable[..., str]
"""Gives the whole URL of a route by its name: the map is a floor above."""


def create_staff(
    installation: Installation,
    address: Address,
    *,
    username: str,
    name: str,
    email: str,
    phone: str,
    is_administrator: bool,
) -> Iterable[str]:
    """Somebody of the provider's own may sign in to the desk, who chooses a password with the link that is printed."""
    role = Role.ADMINISTRATOR if is_administrator else Role.ACCOUNT_MANAGER
    with installation.session() as db:
        try:
            add_member(db, username, Details(name, email, phone), role, by=OPERATOR, now=installation.now)
        except UsernameTaken:
            raise Refused(
                f"There is a user {username} already. For another link: python app.py staff-link {username}"
            ) from None
        except AlreadyStaff:
            raise Refused(f"Somebody of the staff has the address {email} already.") from None
        found = link_for(db, username, by=OPERATOR, now=installation.now)
        has_administrator = bool(administrators(db))
    assert found is not None
    yield f"{name} is an {role}, and chooses a password here:"
    yield _link(installation.settings, address, *found)
    yield "The link is good once, for a day."
    if not has_administrator:
        yield "Nobody is an administrator yet: add one with --administrator, who then adds the others at the desk."


def staff_link(installation: Installation, address: Address, *, username: str) -> Iterable[str]:
    """Another link for somebody of the staff; the password of now stays until it is used."""
    with installation.session() as db:
        found = link_for(db, username, by=OPERATOR, now=installation.now)
    if found is None:
        raise Refused(f"Nobody of the staff who may sign in is called {username}.")
    yield _link(installation.settings, address, *found)
    yield "The link is good once, for a day."


def reset_second_factor(installation: Installation, *, username: str) -> Iterable[str]:
    """Any user who has lost the telephone and the recovery codes gets in with the password, and sets up another one."""
    with installation.session() as db:
        user = find_user(db, username)
        if user is not None and user.account_manager_id is not None:
            is_reset = reset_factor(db, user.account_manager_id, by=OPERATOR, now=installation.now)
        else:
            is_reset = user is not None and remove(db, user.id, by=OPERATOR, now=installation.now)
    if not is_reset:
        raise Refused(f"No user who may sign in is called {username} and has a second factor.")
    yield f"{username} signs in with the password alone now, is signed out everywhere, and is told by mail."


def _link(settings: Settings, address: Address, name: str, holder: str) -> str:
    token = Signer(settings.secret_keys, purpose=PASSWORD_LINK).sign(name, holder)
    return address("password_link", token=token)
