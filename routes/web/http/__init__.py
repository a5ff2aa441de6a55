"""Plain HTTP: what a request says and an answer may carry. Nothing here knows a visit."""
