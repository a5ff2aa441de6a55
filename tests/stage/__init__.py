"""The stage: the house, pages, browsers, the world outside, house rules, and contracts made from the code.

No test is in here.
"""
