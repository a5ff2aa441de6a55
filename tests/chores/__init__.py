"""Stories of what takes longer than a visit, and of the clerk who does it."""
