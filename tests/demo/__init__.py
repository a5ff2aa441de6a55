"""The demo data, tested: the rows of the user guide, and nothing that could not have happened."""
