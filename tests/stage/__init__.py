"""The stage: the house, pages, browsers, the world outside, house rules, and contracts made from the code.

The only tests in here are about the stage itself, in `proof`.
"""
