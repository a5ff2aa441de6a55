"""The outbox: what leaves the portal, written in the transaction of the change and sent afterwards.

Nothing is sent here: the postman and the senders are in `models.exchange`.
"""
