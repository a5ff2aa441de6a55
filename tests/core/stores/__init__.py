"""The databases that everything stands on: both kinds, a replica, and the history of their tables."""
