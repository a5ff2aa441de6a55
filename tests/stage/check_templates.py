"""`python -m tests.stage.check_templates` says all that is wrong with the portal's templates, before one is drawn.

What that can be is in `tests.stage.templates`.
"""

import sys

from tests.stage.templates import checks, forms, roots
from tests.stage.templates.wiring import of_the_portal


def main() -> int:
    """Check every template; returns the exit code."""
    wiring = of_the_portal()
    found = [*wiring.problems(), *forms.problems(wiring), *roots.problems(wiring), *checks.of_the_portal()]
    if found:
        print(*(f"{name}:{line}: {reason}" for name, line, reason in found), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
