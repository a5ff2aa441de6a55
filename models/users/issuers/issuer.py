"""The tables of issuers, of their e-mail domains, and of the users as an issuer knows them; and how one is found.

What is changed in them is in `models.users.sign_on`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index, String, Text, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, across_customers
from models.core.sealed import Keyring, Sealed
from models.values.email_address import domain_in_ascii

LONGEST_KEY = 16


class Issuer(CustomerOwned, Sealed, Base):
    """Where a customer's users sign in with what they have at work: one for each customer."""

    __tablename__ = "issuers"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    """What names it in addresses, by chance: they tell nobody who is a customer."""
    address: Mapped[str] = mapped_column(String(300))
    """What it calls itself, and where it is asked."""
    client_id: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[str] = mapped_column(Text)
    """The secret with which the portal shows who asks."""
    must_verify: Mapped[bool]
    """Whether it has to say that it has verified an e-mail address: where not only the customer's own people have
    accounts, as with BankID."""
    is_on: Mapped[bool]
    is_only_way: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a password does not reach the customer any more."""
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody first came in through it as it is set up now; before that it cannot be the only way."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"issuers.sealed:{self.customer_id}"

    def keep(self, keyring: Keyring, secret: str) -> None:
        """Seal the secret that the issuer has given the portal."""
        self.sealed = keyring.seal(secret, place=self.place)


class IssuerDomain(CustomerOwned, Base):
    """An e-mail domain whose addresses are the customer's own: no other customer's issuer speaks of them."""

    __tablename__ = "issuer_domains"
    __table_args__ = (ForeignKeyConstraint(["customer_id"], ["issuers.customer_id"], name="fk_issuer_domains_issuer"),)

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)


class Subject(CustomerOwned, Sealed, Base):
    """A user as the customer's issuer knows one, by a name that it gives to nobody else."""

    __tablename__ = "subjects"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id"], ["issuers.customer_id"], name="fk_subjects_issuer"),
        Index(None, "customer_id", "digest", unique=True),
        Index(None, "customer_id", "user_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    """What it is found by; made with the key that has sealed it."""
    linked_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"subjects.sealed:{self.customer_id}:{self.user_id}"

    def keep(self, keyring: Keyring, name: str) -> None:
        """Seal the name that the issuer has for the user."""
        self.sealed, self.digest = keyring.seal(name, place=self.place), digests(keyring, self.customer_id, name)[0]

    def reseal(self, keyring: Keyring) -> None:
        """Seal it with the newest key, and make its digest with that, too."""
        self.keep(keyring, keyring.open(self.sealed, place=self.place))


def digests(keyring: Keyring, customer_id: int, name: str) -> tuple[str, ...]:
    """What a user is found by whom a customer's issuer calls by this name."""
    return keyring.blind_indexes(name, purpose=f"subjects:{customer_id}")


@dataclass(frozen=True, slots=True)
class SetUp:
    """An issuer as it was set up, with its secret in clear."""

    customer_id: int
    key: str
    address: str
    client_id: str
    secret: str
    must_verify: bool
    domains: frozenset[str]
    sealed: str
    """The secret as it is stored."""
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Vouched:
    """A customer's issuer says who it is, and where it says so, when it has asked for a password or the like."""

    customer_id: int
    proven_at: datetime | None


def any_key(db: Session, best: str | None) -> str | None:
    """What an issuer is called, `best` if that is one; None where nobody signs in at work."""
    switched_on = select(Issuer.key).where(Issuer.is_on)
    with across_customers(db):
        return db.scalar(switched_on.order_by((Issuer.key == (best or "")).desc(), Issuer.key).limit(1))


def key_for(db: Session, email: str) -> str | None:
    """What the issuer is called that speaks of addresses in this domain; whose address it is, is not looked up."""
    try:
        domain = domain_in_ascii(email.rpartition("@")[2].strip()).lower()
    except ValueError:
        return None
    found = select(Issuer.key).join(IssuerDomain, IssuerDomain.customer_id == Issuer.customer_id)
    with across_customers(db):
        return db.scalar(found.where(IssuerDomain.domain == domain, Issuer.is_on))


def find(db: Session, keyring: Keyring, key: str) -> SetUp | None:
    """The issuer of that key, where it is switched on. Raises SealBroken."""
    with across_customers(db):
        found = db.scalar(select(Issuer).where(Issuer.key == key, Issuer.is_on))
        return _set_up(db, keyring, found) if found else None


def key_of(db: Session, customer_id: int) -> str | None:
    """What the issuer of a customer is called in addresses, where it is switched on."""
    with across_customers(db):
        return db.scalar(select(Issuer.key).where(Issuer.customer_id == customer_id, Issuer.is_on))


def _set_up(db: Session, keyring: Keyring, issuer: Issuer) -> SetUp:
    domains = db.scalars(select(IssuerDomain.domain).where(IssuerDomain.customer_id == issuer.customer_id))
    return SetUp(
        issuer.customer_id,
        issuer.key,
        issuer.address,
        issuer.client_id,
        keyring.open(issuer.sealed, place=issuer.place),
        issuer.must_verify,
        frozenset(domains),
        issuer.sealed,
        issuer.proved_at is not None,
    )
