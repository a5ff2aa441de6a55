"""Portals beside the house: on its first day, in a process of its own, or only what leaves it."""
