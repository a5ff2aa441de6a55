"""Deliveries (utsendinger): the messages of the outbox as the provider's desk sees them.

How messages are written and what becomes of them is in `models.outbox`.
"""
