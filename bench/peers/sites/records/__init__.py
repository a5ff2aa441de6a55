"""The measured rows, as Django sees them."""
