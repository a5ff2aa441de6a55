"""The world outside: mail servers, CRMs and issuers, and what people have: a calendar program, a passkey."""
