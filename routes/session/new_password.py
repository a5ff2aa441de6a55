"""The field in which a new password is chosen: the same rules and the same words wherever it stands."""

from typing import Any

from wtforms import PasswordField
from wtforms.validators import StopValidation

from models.users.password_rules import SHORTEST, PasswordRefused, check_new_password
from routes.web.fields import required


class NewPassword(PasswordField):
    """A password as somebody typed it, to the last blank; it is never drawn again."""

    known: tuple[str, ...] = ()
    """What anybody may know of the user, and so no good password."""

    def __init__(self, label: str = "Nytt passord", **kwargs: Any) -> None:
        hint = f"Minst {SHORTEST} tegn. Tre eller fire ord etter hverandre er lett å huske og vanskelig å gjette."
        super().__init__(label, [required("Skriv et nytt passord.")], description=hint, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Hold it to the rules; raises the sentence for the field."""
        try:
            if self.data:
                check_new_password(self.data, known=self.known)
        except PasswordRefused as refused:
            raise StopValidation(str(refused)) from None
