"""What those who watch the portal are told of its rows: how much waits, rests and was tried, never whose it is.

What each process counts itself is in `routes.web.serving.tally`; how it is told, in `routes.metrics`.
"""
