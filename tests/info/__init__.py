"""Stories of Info, the worklist, and the box that finds things.

The searches of single lists are tested with each of them.
"""
