"""What the portal knows: tables, rules and queries, one package per thing. Nothing here speaks HTTP."""
