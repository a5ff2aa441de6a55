"""No 500 for what a field may not hold: each of these was one, and each stands for its kind."""

import io
import zipfile
from urllib.parse import urlencode

import pytest

from models.exchange.ehf.files import documents_in
from models.values.files.kinds import NotWhatItSays, media_type_of
from tests.stage.house import House

NO_WHOLE_NUMBER = ["", " ", "+", "\0", "\u00a0", "²", "\u0663", "9" * 4301, "-1", "1e5", "x"]
"""What `int` takes and no id is, what `isdigit` takes and `int` does not, and what neither does."""


def damaged_zips() -> list[bytes]:
    """Each makes Python's reader raise another exception."""
    with zipfile.ZipFile(file := io.BytesIO(), "w") as made:
        made.writestr("word/document.xml", "<a/>" * 50)
    whole = file.getvalue()
    at = whole.index(b"PK\x01\x02")
    version = whole[: at + 6] + b"\x63\x00" + whole[at + 8 :]
    no_text = whole[: at + 8] + b"\x00\x08" + whole[at + 10 :].replace(b"word/document", b"\xff\xff\xff\xff/document")
    assert zipfile.ZipFile(io.BytesIO(whole)).namelist() == ["word/document.xml"]
    return [version, no_text, whole[:-1], whole[: at + 20], whole.replace(b"PK\x05\x06", b"PK\x05\x07")]


@pytest.mark.parametrize("value", NO_WHOLE_NUMBER)
def test_a_statement_of_no_period_is_that_of_this_year(quiet_house: House, value: str) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    for kind in ("", ".csv", ".pdf"):
        for name in ("from", "to", "unit"):
            answer = okonomi.send("GET", f"/account-statement{kind}?" + urlencode({name: value[:1000]}))
            assert answer.status_code in {200, 404, 422}, (kind, name, answer.headers)
        blank = okonomi.send("GET", f"/account-statement{kind}?from=+&to=%00")
        assert blank.status_code == 200


@pytest.mark.parametrize("value", [None, *NO_WHOLE_NUMBER])
def test_a_choice_that_there_is_not_is_refused(quiet_house: House, value: str | None) -> None:
    """Also where nothing is sent at all: no browser leaves a list out."""
    kam = quiet_house.sign_in("kam.lie").open("/desk")
    chosen = [] if value is None else [("mail_wish", value)]
    for url in ("/desk/mail", "/desk/customers/1/plan"):
        fields = [("csrf_token", kam.token()), *chosen, *([("year", value)] if value else [])]
        assert kam.send("POST", url, fields).status_code == 422, url


@pytest.mark.parametrize("damaged", damaged_zips())
def test_a_damaged_zip_is_refused_whatever_is_wrong_with_it(damaged: bytes) -> None:
    with pytest.raises(NotWhatItSays):
        media_type_of("a.docx", damaged)
    assert all(found.refusal for found in documents_in("a.zip", damaged))
