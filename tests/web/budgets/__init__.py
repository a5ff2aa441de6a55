"""What a page may cost: statements, bytes, how PostgreSQL finds the rows, and how an address finds its line."""
