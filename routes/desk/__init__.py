"""The provider's desk (decision 0025): its overview, and how an account manager wants to be told of news.

What the desk does with orders, bookings, customers and the like stands with each of them.
"""
