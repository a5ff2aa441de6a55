"""The tests: they use the portal as people do, and name the statement of the product that they prove."""
