"""Deliveries (utsendinger) at the provider's desk: what waits, what failed, and what was refused.

Nothing is sent here: the postman sends.
"""
