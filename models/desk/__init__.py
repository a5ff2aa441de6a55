"""The desk's overview: what waits for whoever of the provider's staff signs in.

What the desk does with one kind of thing is with the thing, as `models.orders.desk`.
"""
