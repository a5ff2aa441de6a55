"""Recovery codes: ten of them, for who has lost the telephone; each is good once, and only its hash is kept.

When they are made and shown is decided in `models.users.factors.changes`.
"""

import base64
import re
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Identity, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import across_customers
from models.users.passwords import hash_password
from models.values.texts.marks import normal

COUNT = 10
LONGEST = 100
"""Signs of what is typed that are looked at."""
_NAME_LENGTH, _BYTES = 4, 10
_CODE = re.compile("[a-z2-7]{16}")


class RecoveryCode(Base):
    """One code of a user. It is known by its first four signs; the other twelve are its secret, 60 bits."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "user_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    hashed: Mapped[str] = mapped_column(String(200))
    """Argon2id: what can be guessed in 60 bits is hashed as a password is (ASVS 6.5.2)."""
    used_at: Mapped[datetime | None] = mapped_column(Moment)


def new_codes() -> list[str]:
    """Ten codes as they are shown, `abcd-efgh-ijkl-mnop`, no two with the same name."""
    codes: dict[str, str] = {}
    while len(codes) < COUNT:
        code = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
        codes[code[:_NAME_LENGTH]] = "-".join(code[at : at + 4] for at in range(0, 16, 4))
    return list(codes.values())


def hashes_of(codes: list[str]) -> dict[str, str]:
    """What is kept of codes: by the name of each, its hash. This takes a while."""
    read = [plain(code) for code in codes]
    return {code[:_NAME_LENGTH]: hash_password(code) for code in read}


def plain(typed: str) -> str:
    """A code as it is hashed, however its groups were set apart and whatever keyboard it came from."""
    return "".join(sign for sign in normal(typed[:LONGEST], "NFKC") if sign.isalnum()).lower()


def hash_of(db: Session, user_id: int, typed: str) -> str | None:
    """What a typed code has to fit: the hash of the user's code with its name that is still good."""
    if not _CODE.fullmatch(typed):
        return None
    with across_customers(db):
        return db.scalar(select(RecoveryCode.hashed).where(_good(user_id), RecoveryCode.name == typed[:_NAME_LENGTH]))


def spend_recovery_code(db: Session, user_id: int, hashed: str, now: datetime) -> bool:
    """Use up the code with this hash; False where somebody else just did."""
    with across_customers(db):
        spent = update(RecoveryCode).where(_good(user_id), RecoveryCode.hashed == hashed).values(used_at=now)
        return db.scalar(spent.returning(RecoveryCode.id)) is not None


def codes_left(db: Session, user_id: int) -> int:
    """How many codes of a user are still good."""
    with across_customers(db):
        return db.scalar(select(func.count()).select_from(RecoveryCode).where(_good(user_id))) or 0


def keep_codes(db: Session, user_id: int, hashes: dict[str, str]) -> None:
    """Put these codes in the place of those before; without any, there are none."""
    with across_customers(db):
        db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        db.add_all(RecoveryCode(user_id=user_id, name=name, hashed=hashed) for name, hashed in hashes.items())


def _good(user_id: int) -> ColumnElement[bool]:
    return (RecoveryCode.user_id == user_id) & RecoveryCode.used_at.is_(None)
