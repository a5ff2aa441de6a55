"""What every model stands on: settings, clock, database, walls between customers, log of changes, seals.

It knows and imports no domain; what leaves the portal is in `models.outbox`.
"""
