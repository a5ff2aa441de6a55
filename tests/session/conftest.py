"""What the stories of signing in share."""

import pytest


@pytest.fixture(autouse=True)
def no_letters_yet(request: pytest.FixtureRequest) -> None:
    """Letters of other stories are in the same folder."""
    for name in ("house", "quiet_house"):
        if name in request.fixturenames:
            for file in (request.getfixturevalue(name).settings.var / "mail").glob("*-password_*"):
                file.unlink()
