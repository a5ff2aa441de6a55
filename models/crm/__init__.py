"""What the portal remembers of the CRM's own records: which of ours they are, and which events arrived.

Talking to the CRM, in either direction, is in `models.exchange.crm`.
"""
