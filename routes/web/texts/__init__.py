"""Texts that people write to each other: the conversation as a page shows it, and the guard on what is sent.

What is written to, the rooms know.
"""
