"""Values: whether each is read, checked and written as its rules say.

What domains do with them is tested with each of them.
"""
