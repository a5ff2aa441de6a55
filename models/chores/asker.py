"""Who has asked for a chore: a user as one would be signed in, at the moment when it is done for one.

Who is signed in is in `models.users.sessions`.
"""

from datetime import datetime

from models.chores.chore import Chore
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.customer import Customer
from models.users.sessions import Choice, SignedIn
from models.users.user import User, scope_of


def asker_of(database: Database, chore: Chore, now: datetime) -> SignedIn | None:
    """The user with the rights that one has by now; None where nobody asked, or has any."""
    if chore.user_id is None:
        return None
    with database.session(read_only=True) as db, across_customers(db):
        user, scope = db.get_one(User, chore.user_id), scope_of(db, chore.user_id, chore.customer_id)
        name = db.get_one(Customer, chore.customer_id).name
    if scope is None:
        return None
    choice = Choice(chore.customer_id, name)
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
