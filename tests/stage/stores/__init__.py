"""The databases of stories: filled with the demo data, or with tables and nothing in them."""
