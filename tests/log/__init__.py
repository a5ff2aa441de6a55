"""The log of a customer: its chain, and the pages on which it is read."""
