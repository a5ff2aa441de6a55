"""What holds on every page: the frame, forms, files, house rules, budgets, and browsers with and without script.

What a single room does is tested in the folder of its domain.
"""
