"""Alerts (varsler): what a customer's users are told of by e-mail, each kind as each of them wishes (H5).

What the provider's own staff are told is in `models.conversations.news`, and employees, in
`models.bookings.sign_ups.news`.
"""
