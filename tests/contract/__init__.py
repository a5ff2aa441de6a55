"""Stories about the contract of the HTML."""
