"""Stories of what a customer's users are told of by e-mail."""
