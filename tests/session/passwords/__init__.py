"""Stories of passwords: what one has to be, how it is chosen and changed, and the link for who forgot it."""
