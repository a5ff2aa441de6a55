"""What the portal knows: tables, rules and queries, a folder per thing.

Nothing here knows HTTP. What every thing stands on is in `models.core`; other systems are in `models.exchange`.
"""
