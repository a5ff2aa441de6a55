"""Info: the first tab of a customer, and the worklist of what waits for its users.

The first tab of the provider's staff is `routes.desk.overview`; what notices say is written in `routes.notices`.
"""
