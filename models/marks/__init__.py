"""Marks: when something that nobody watches was last done or seen, such as a backup; read by operators alone.

What waits to be sent, and what could not be, is in `models.outbox`; who changed what, in `models.core.audit`.
"""
