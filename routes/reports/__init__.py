"""Rapporter: the reports, the figures, the HMS year, the draft of the annual report, and the desk's part.

Single orders and invoices behind the figures have rooms of their own.
"""
