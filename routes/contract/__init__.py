"""The contract of the HTML: what developers test against, read from the map and from what its handlers say they do.

It is shown in demo mode only. What a page looks like is not said here, but in `partials`.
"""
