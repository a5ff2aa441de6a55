"""How much one user may do in an hour of what costs others: the setting HOURLY_LIMITS.

Who counts is in `models.users.throttle`; which addresses are counted, in `routes`.
"""

DEFAULTS = {"orders": 60, "messages": 120, "invitations": 600, "imports": 60, "files": 300, "megabytes": 200}
"""More than anybody needs, and less than fills a mailbox or a disk, or keeps a processor busy; megabytes are those of
files that are attached to orders."""


def read(text: str) -> dict[str, int]:
    """All limits, with those that `orders=30 files=50` gives in the place of the usual ones; raises ValueError."""
    given = dict(part.partition("=")[::2] for part in text.replace(",", " ").split())
    if not (given.keys() <= DEFAULTS.keys() and all(most.isdecimal() and int(most) > 0 for most in given.values())):
        raise ValueError(f"must name some of {', '.join(DEFAULTS)} with whole numbers, as in: orders=30 files=50")
    return DEFAULTS | {name: int(most) for name, most in given.items()}
