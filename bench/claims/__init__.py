"""The claims of docs/security.md, each with a way to break it and the tests that must notice.

How they are broken and tried is in `bench.mutations`.
"""

from bench.claims import at_work, customers, personal, requests, row_security, signing_in

MUTATIONS = (
    *requests.MUTATIONS,
    *signing_in.MUTATIONS,
    *at_work.MUTATIONS,
    *customers.MUTATIONS,
    *personal.MUTATIONS,
    *row_security.MUTATIONS,
)
