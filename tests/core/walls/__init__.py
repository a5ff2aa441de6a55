"""The three walls between customers: what is read, what is written, and the database's own."""
