"""How accepted pictures are asked for."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make pictures` accept what looks another than it did."""
    parser.addoption(
        "--accept-pictures", action="store_true", help="keep the pictures that differ, in place of the old"
    )
