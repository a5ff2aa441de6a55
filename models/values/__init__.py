"""Values that mean the same everywhere: numbers with check digits, amounts, days, languages, tables.

No table of the database and no domain: who has which value is decided in the models.
"""
