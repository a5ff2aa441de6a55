"""What is the desk's own: what waits for whoever signs in there, a customer at a glance, and finding people.

What the desk does with one kind of thing is with the thing, as `models.orders.desk`.
"""
