"""People at the customer portal, for tests: they open its pages, fill its forms and press its buttons, over HTTP."""

from .browsing import Answer, Mode
from .portal import Page, Portal

__all__ = ["Answer", "Mode", "Page", "Portal"]
__version__ = "1.0"
