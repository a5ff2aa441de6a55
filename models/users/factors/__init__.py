"""Second factors: how they are set up, what is asked for at sign-in, and the ways round a telephone that is lost.

The table of them, and who must have one, is in `models.users.user`; passwords are in the modules named for them.
"""
