"""Invoices (fakturaer): who pays which, what is written on them, what is outstanding, and the statement.

Reading EHF is in `models.exchange.ehf`; drawing a PDF, in `models.exchange.pdf`.
"""
