"""What holds of everything that any test sees, whatever the test is about: pages, where they lead, and AR6.

Templates are held to what can be said of them before they are drawn in `tests.stage.templates`.
"""
