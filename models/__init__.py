"""What the portal knows: tables, rules and queries, one module per thing. Nothing here speaks HTTP."""
