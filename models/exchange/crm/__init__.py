"""The CRM: events to it, signed or as files, the feed that it fetches, and the shapes of both.

What comes from it is in `intake`; what is remembered of its records, in `models.crm`.
"""
