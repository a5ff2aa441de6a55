"""Claims about the log, and about what is held of a person."""

from bench.claims.mutation import of

MUTATIONS = (
    of(
        "an entry of the log is tied to the one before",
        "models/core/audit/chain.py",
        "facts = [before, number,",
        "facts = [START, number,",
        "tests/log/test_chain.py::test_what_is_changed_taken_out_or_put_in_is_found",
    ),
    of(
        "an entry that was taken from the end of the log is missed",
        "models/log/verification.py",
        "if head != (chain.count, chain.digest):",
        "if False:",
        "tests/log/test_chain.py::test_what_is_changed_taken_out_or_put_in_is_found",
    ),
    of(
        "what an entry says of a change is held",
        "models/log/verification.py",
        "return entry.content == digest_of_content(entry.changed, entry.salt)",
        "return True",
        "tests/log/test_chain.py::test_what_is_changed_taken_out_or_put_in_is_found",
    ),
    of(
        "nobody empties an entry without saying so",
        "models/log/verification.py",
        "        if entry.salt is None:\n            erased",
        "        if False:\n            erased",
        "tests/log/test_chain.py::test_what_is_changed_taken_out_or_put_in_is_found",
        "tests/log/test_chain.py::test_what_is_erased_leaves_its_digest_and_says_so",
    ),
    of(
        "an entry that another hand has put in is found",
        "models/log/verification.py",
        "strays = select(AuditEntry.id).where(of_customer, ",
        "strays = select(AuditEntry.id).where(of_customer, AuditEntry.id < 0, ",
        "tests/log/test_chain.py::test_what_is_changed_taken_out_or_put_in_is_found",
    ),
    of(
        "the log is read by who administers the whole customer",
        "routes/web/lines.py",
        "user.scope.units_with(Right.ADMINISTRATOR) is None",
        "bool(user.scope.units_with(Right.ADMINISTRATOR) != frozenset())",
        "tests/log/test_log.py::test_the_log_tells_of_all_branches_and_so_is_for_those_who_administer_all",
    ),
    of(
        "times whose names are hidden are not told to the employer",
        "models/log/disclosure/reading.py",
        "if not asker.is_provider:",
        "if False:",
        "tests/log/test_disclosure.py::test_what_is_held_of_a_person_is_in_the_file_and_that_it_was_given_is_in_the_log",
    ),
    of(
        "that everything of an employee was given out stands in the log",
        "models/log/disclosure/reading.py",
        "    record(db, Change.of(employee, DISCLOSED, by=asker.by, at=asker.now))\n",
        "",
        "tests/log/test_disclosure.py::test_what_is_held_of_a_person_is_in_the_file_and_that_it_was_given_is_in_the_log",
    ),
    of(
        "a personal link is in no file about its employee",
        "models/log/disclosure/reading.py",
        "if name != _SECRET}",
        "}",
        "tests/log/test_disclosure.py::test_no_personal_link_is_in_the_file",
    ),
    of(
        "a file about an employee has the number as its mask",
        "models/log/disclosure/reading.py",
        'number["number"] = mask',
        'number["number"] = number["sealed"]',
        "tests/log/test_disclosure.py::test_what_is_held_of_a_person_is_in_the_file_and_that_it_was_given_is_in_the_log",
    ),
)
