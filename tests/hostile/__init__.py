"""Whoever wants to stop the portal, or to be let in where nobody looks."""
