"""What can be wrong with templates before they are drawn, and what Jinja2 makes of them, kept for a run.

What holds of a page as it is drawn is in `tests.stage.house_rules`.
"""
