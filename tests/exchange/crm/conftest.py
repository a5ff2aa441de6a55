"""The CRM at the portal's door."""

from collections.abc import Iterator

import pytest

from tests.exchange.crm.caller import Crm, calling
from tests.stage.house import House


@pytest.fixture
def crm(quiet_house: House) -> Iterator[Crm]:
    with calling(quiet_house) as crm:
        yield crm
