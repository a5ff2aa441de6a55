"""What is said of the provider's staff: how they come in, what each role may do, and how they leave."""
