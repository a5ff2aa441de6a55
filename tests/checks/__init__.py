"""Stories of recurring checks, and of who is due for one."""
