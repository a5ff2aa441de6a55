"""Info, the first page of a customer: what waits there for its users.

What the provider says on the same page is in `models.notices`.
"""
