"""A user who has asked for what takes longer than a visit: as one would be signed in, when that is done for one.

Who is signed in is in `sessions`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.customers.customer import Customer
from models.users.sessions import Choice, SignedIn
from models.users.user import User, scope_of


def in_absence(db: Session, user_id: int, customer_id: int, now: datetime) -> SignedIn | None:
    """The user with the rights that one has by now; None where there are none. In `across_customers`."""
    user, scope = db.get(User, user_id), scope_of(db, user_id, customer_id)
    if user is None or scope is None:
        return None
    customer = db.get_one(Customer, customer_id)
    choice = Choice(customer.id, customer.name)
    return SignedIn(
        session_id=0,
        began_at=now,
        last_used_at=now,
        user_id=user.id,
        username=user.username,
        full_name=user.full_name,
        email=user.email,
        customer=choice,
        customers=(choice,),
        account_manager=None,
        scope=scope,
    )
