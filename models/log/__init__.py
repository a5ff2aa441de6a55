"""The log of a customer as it is read: searched, and looked through for what somebody changed in it.

How an entry is written and tied to the one before it is in `models.core.audit`.
"""
