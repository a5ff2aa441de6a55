"""Measures speed and weight: `python -m bench`. Budgets that do not depend on the machine are tests (test_budgets)."""
