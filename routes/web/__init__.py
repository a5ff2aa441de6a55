"""What every room shares: the visit, the answers, forms, errors and formats.

Nothing here knows a room. How a request comes in is in `routes.web.entrance`.
"""
