"""Whether everybody can use every page, measured for anyone; what has to hold is in `tests.web.test_reach`."""
