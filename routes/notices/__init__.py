"""Notices (oppslag) at the provider's desk: writing, showing and withdrawing what customers see on Info.

How customers see them is drawn in `routes.info`.
"""
