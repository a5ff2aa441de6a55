"""What every model stands on: settings, clock, database, walls between customers, log of changes, seals.

Nothing of a domain, and nothing here imports one; what leaves the portal is in `models.outbox`.
"""
