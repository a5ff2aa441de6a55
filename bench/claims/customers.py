"""Claims about customers and who looks after their users: the walls of the portal, administrators, viewings."""

from bench.claims.mutation import of

MUTATIONS = (
    of(
        "a user of several customers is not changed by one",
        "models/users/changes.py",
        "powers.covers_all(granted) and not customers_besides(db, user_id, customer_id)",
        "powers.covers_all(granted)",
        "tests/customers/test_desk_users.py::test_a_user_of_other_customers_is_not_changed_for_all_of_them_by_one",
    ),
    of(
        "an identity number is found with signs between any digits",
        "models/values/national_id.py",
        "_MOST_BETWEEN = 3",
        "_MOST_BETWEEN = 1",
        "tests/values/test_national_id.py::test_the_guard_masks_a_number_with_signs_between_any_two_digits",
    ),
    of(
        "a number in an address comes back in nothing",
        "routes/web/http/links.py",
        "    if not _has_number(address, today):\n        return address\n",
        "    return address\n",
        "tests/hostile/test_numbers.py",
    ),
    of(
        "a page of one customer is not answered with another's rows",
        "routes/web/entrance/doors.py",
        "other = None if here.is_personal else page_of_another(here)",
        "other = None",
        "tests/customers/test_customers.py::test_a_part_of_the_other_customers_page_is_not_put_into_this_one",
    ),
    of(
        "what was typed at one customer is kept for it",
        "routes/web/entrance/kept.py",
        "            back = _kept(here, form, here.user.user_id, other.id)",
        "            pass",
        "tests/customers/test_customers.py::test_a_form_drawn_at_one_customer_is_kept_for_it_after_the_switch",
    ),
    of(
        "every page of a viewing is on record, parts too",
        "routes/web/entrance/doors.py",
        "if here.is_viewing and safe and not here.is_personal:",
        "if here.is_viewing and safe and not here.asked.partial:",
        "tests/customers/test_desk_viewings.py::test_staff_see_what_the_customer_sees_and_every_page_is_on_record",
        "tests/customers/test_desk_viewings.py::test_a_part_that_htmx_asks_for_is_on_record",
    ),
    of(
        "staff who see the portal as a customer change nothing",
        "routes/web/entrance/doors.py",
        "if here.is_viewing and not door.while_viewing:",
        "if False:",
        "tests/customers/test_desk_viewings.py",
    ),
    of(
        "no statement reads another customer's rows",
        "models/core/walls.py",
        '@event.listens_for(Session, "do_orm_execute")',
        "",
        "tests/core/walls/test_walls.py",
    ),
    of(
        "nobody gives a right that one has not",
        "models/users/administration.py",
        "if any(not self.covers(unit_id,",
        "if any(False and not self.covers(unit_id,",
        "tests/users/test_users.py::test_nobody_gives_or_takes_more_than_the_own_branch_and_rights",
        "tests/users/test_users.py::test_what_is_merged_within_the_powers_over_unit_two",
    ),
    of(
        "nobody takes a right outside of the own branch",
        "models/users/administration.py",
        "(wanted if self.covers(unit_id, right) else before).get(",
        "wanted.get(",
        "tests/users/test_users.py::test_nobody_gives_or_takes_more_than_the_own_branch_and_rights",
    ),
    of(
        "the last administrator stays one",
        "models/users/administration.py",
        "if not powers.is_staff and before and not administrators",
        "if False and not administrators",
        "tests/users/test_users.py::test_the_last_administrator_stays_one",
    ),
    of(
        "who a user is, nobody changes who has only a part of that user's rights",
        "models/users/changes.py",
        "powers.covers_all(granted) and not customers_besides",
        "not customers_besides",
        "tests/users/test_users.py::test_nobody_gives_or_takes_more_than_the_own_branch_and_rights",
    ),
    of(
        "an invitation tells of no user elsewhere",
        "models/users/changes.py",
        'username = f"{person.email}-{again}"',
        "raise UsernameTaken(is_here=False, is_same=False)",
        "tests/users/test_users.py::test_an_address_that_is_known_elsewhere_gets_the_same_answer",
    ),
)
