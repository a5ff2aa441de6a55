"""What every room shares: the visit, the answers, forms, cookies, forgery protection, errors and formats."""
