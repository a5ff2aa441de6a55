"""Signing in at a customer's own issuer (OpenID Connect): what is asked of it over HTTP, and what it is believed.

Which customer has which issuer, and whose user it speaks of, is in `models.users`.
"""


class IssuerFailed(Exception):
    """It did not work out with an issuer; the text is a few words for operators, with nobody's data in it."""


class NoAnswer(IssuerFailed):
    """The issuer cannot be reached, or not in time: it may be all right later."""


class Distrusted(IssuerFailed):
    """What the issuer said is not what it must say, and nothing of it is believed."""


class WrongCode(IssuerFailed):
    """The issuer does not know the code that a browser has brought: it is too old, used, or another's."""
