"""How the portal is served: its processes and its sockets.

What it answers is in `routes`; `app.py` puts both together.
"""
