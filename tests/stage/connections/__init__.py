"""How requests reach the portal under test, whole or in pieces, and the cable between it and PostgreSQL."""
