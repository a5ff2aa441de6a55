"""The provider's staff: who may sign in to the desk with which role, who has left, and who stands in for whom.

What customers know of account managers is in `models.customers.account_managers`; what a user is, in `models.users`.
"""
