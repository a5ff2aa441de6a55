"""Conversations: what a customer and the provider write to each other, and how the provider is told.

Each thing keeps its own messages: `models.orders.messages`, `models.invoices.messages`.
"""
