"""Programs on a telephone that show another code every half minute (TOTP, RFC 6238).

When a code is asked for is decided in `routes.session`.
"""

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.users.user import FactorKind, SecondFactor

_INTERVAL = 30
_AROUND = (0, -1, 1)
"""Clocks of telephones go wrong, and people take their time: the code before and the one after are good as well."""


def new_secret() -> str:
    """What the codes of one program will be made from: 160 bits, as RFC 4226 asks."""
    return pyotp.random_base32()


def address_of(secret: str, username: str, brand: str) -> str:
    """What a program reads from a picture: the secret, and what it is called in its list."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=brand)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Which half minute a code is of, if it is a code of one that counts now."""
    program, current, found = pyotp.TOTP(secret), int(now.timestamp()) // _INTERVAL, None
    for step in (current + shift for shift in _AROUND):
        if hmac.compare_digest(program.generate_otp(step).encode(), typed.encode()) and found is None:
            found = step
    return found


def spend_code(db: Session, keyring: Keyring, user_id: int, typed: str, now: datetime) -> bool:
    """Whether it is a code of the user's program that was not used yet, nor one after it. It is used up by this."""
    with across_customers(db):
        factor = db.scalar(
            select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.kind == FactorKind.APP)
        )
        step = factor and step_of(factor.secret(keyring), typed, now)
        if factor is None or step is None:
            return False
        spent = update(SecondFactor).where(SecondFactor.id == factor.id, SecondFactor.counter < step)
        return db.scalar(spent.values(counter=step).returning(SecondFactor.id)) is not None
