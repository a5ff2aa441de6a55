"""The CRM, tested: its door, what it tells and what it is told. The postman is tested next door."""
