"""Conversations: what a customer and the provider write to each other about a thing, oldest first.

Each thing keeps its own messages: `models.orders.messages`, `models.invoices.messages`.
"""
