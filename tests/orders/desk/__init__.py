"""Orders at the desk, and what staff do there in a customer's stead."""
