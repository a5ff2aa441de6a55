"""What every model stands on: database, migrations, walls between customers, seals, settings, logs.

What is built on it has a folder per domain.
"""
