"""The claims of docs/security.md, each with a way to break it and the tests that must notice.

How they are broken and tried is in `bench.mutations`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """A claim, what is changed in a file so that it is true no longer, and who notices."""

    claim: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


def _of(claim: str, file: str, before: str, after: str, *tests: str) -> Mutation:
    return Mutation(claim, file, before, after, tests)


MUTATIONS = (
    _of(
        "headers are held to a length",
        "routes/web/http/limits.py",
        "max(lengths, default=0) > LONGEST_HEADER",
        "False",
        "tests/hostile/test_cost.py::test_what_is_longer_than_anything_of_ours_is_refused_unread",
    ),
    _of(
        "marks are counted before a text is normalised",
        "models/values/texts/marks.py",
        "if not _fits(text):\n        text =",
        "if False:\n        text =",
        "tests/hostile/test_cost.py::test_each_reader_of_texts",
    ),
    _of(
        "cookies are read without unquoting",
        "routes/web/http/cookie.py",
        "value = _sent(request, self._prefix + name)",
        "value = request.cookies.get(self._prefix + name)",
        "tests/hostile/test_cost.py::test_each_header_that_is_read",
    ),
    _of(
        "a form names no charset but UTF-8",
        "routes/web/http/body.py",
        'options.get(b"charset", b"utf-8").lower() not in _CHARSETS',
        "False",
        "tests/hostile/test_cost.py::test_each_form_that_a_stranger_sends",
    ),
    _of(
        "a large body is read from a session that lives and may",
        "routes/web/entrance/place.py",
        "sender = await run(knock, self, request)",
        "sender = 1",
        "tests/hostile/test_bodies.py::test_a_large_form_of_anybody_else_is_not_read",
    ),
    _of(
        "few large bodies at once",
        "models/core/lanes.py",
        "if self._taken[whose] >= self._of_each:",
        "if False:",
        "tests/hostile/test_bodies.py::test_few_large_bodies_are_read_at_once",
    ),
    _of(
        "signing in waits for no list",
        "models/core/lanes.py",
        'Lane.PASSWORDS: ThreadPoolExecutor(4, "passwords"),\n    Lane.LISTS: ThreadPoolExecutor(2, "lists"),',
        "**dict.fromkeys((Lane.PASSWORDS, Lane.LISTS), ThreadPoolExecutor(4)),",
        "tests/hostile/test_bodies.py::test_nobody_waits_for_a_sign_in_behind_lists_or_papers",
    ),
    _of(
        "a call of the CRM is fresh",
        "models/exchange/crm/webhooks.py",
        "TOLERANCE = timedelta(minutes=5)",
        "TOLERANCE = timedelta(minutes=6)",
        "tests/exchange/crm/test_door.py::test_what_is_not_signed_changes_nothing",
        "tests/hostile/test_bodies.py::test_what_the_crm_did_not_sign_just_now_is_not_read",
    ),
    _of(
        "a call of the CRM is signed",
        "models/exchange/crm/webhooks.py",
        "if not any(good):",
        "if False:",
        "tests/exchange/crm/test_door.py::test_what_is_not_signed_changes_nothing",
    ),
    _of(
        "what the CRM did not sign just now is not read",
        "routes/web/entrance/signed_calls.py",
        "response = _refused_unread(self, request) or await self._read(request)",
        "response = await self._read(request)",
        "tests/hostile/test_bodies.py::test_what_the_crm_did_not_sign_just_now_is_not_read",
    ),
    _of(
        "an attempt is counted before it is made",
        "routes/session/sign_in.py",
        "        visit.keep()\n        stored =",
        "        stored =",
        "tests/hostile/test_guessing.py::test_guesses_that_come_at_once_are_counted_before_they_are_tried",
    ),
    _of(
        "the owner's browser passes the limit of its address",
        "routes/session/sign_in.py",
        "        return {Bucket.DEVICE: key_of(account_key(username), device)}",
        "        return {Bucket.ADDRESS: address_key(visit), Bucket.DEVICE: key_of(account_key(username), device)}",
        "tests/hostile/test_guessing.py::test_the_owners_browser_gets_in_however_many_guess_from_its_address",
    ),
    _of(
        "an address is believed from named proxies only",
        "routes/web/serving/server.py",
        "forwarded_allow_ips=list(around.proxies)",
        'forwarded_allow_ips="*"',
        "tests/hostile/test_guessing.py::test_an_address_is_believed_from_named_proxies_only",
    ),
    _of(
        "another address is told at the one before",
        "models/users/password_links.py",
        "for to in dict.fromkeys((before, email)):",
        "for to in (email,):",
        "tests/customers/test_desk_users.py::test_another_address_is_told_at_the_one_before_and_ends_what_was_open",
    ),
    _of(
        "another address ends sessions",
        "models/users/password_links.py",
        "        _end_links(db, user.id, now)\n    end_sessions(db, user.id, now)\n",
        "        _end_links(db, user.id, now)\n",
        "tests/customers/test_desk_users.py::test_another_address_is_told_at_the_one_before_and_ends_what_was_open",
    ),
    _of(
        "another address asks for the own password",
        "routes/web/entrance/confirming.py",
        "    if visit.is_recent:",
        "    if True:",
        "tests/customers/test_desk_users.py::test_whoever_changes_an_address_has_just_given_the_own_password",
    ),
    _of(
        "a user of several customers is not changed by one",
        "models/users/changes.py",
        "if changed and customers_besides(db, user_id, customer_id):",
        "if False:",
        "tests/customers/test_desk_users.py::test_a_user_of_other_customers_is_not_changed_for_all_of_them_by_one",
    ),
    _of(
        "an identity number is found with signs between any digits",
        "models/values/national_id.py",
        "_MOST_BETWEEN = 3",
        "_MOST_BETWEEN = 1",
        "tests/values/test_national_id.py::test_the_guard_masks_a_number_with_signs_between_any_two_digits",
    ),
    _of(
        "a number in an address comes back in nothing",
        "routes/web/http/links.py",
        "    if not _has_number(address, today):\n        return address\n",
        "    return address\n",
        "tests/hostile/test_numbers.py",
    ),
    _of(
        "a page of one customer is not answered with another's rows",
        "routes/web/entrance/doors.py",
        "other = None if here.is_personal else page_of_another(here)",
        "other = None",
        "tests/customers/test_customers.py::test_a_part_of_the_other_customers_page_is_not_put_into_this_one",
    ),
    _of(
        "what was typed at one customer is kept for it",
        "routes/web/entrance/kept.py",
        "            back = _kept(here, form, here.user.user_id, other.id)",
        "            pass",
        "tests/customers/test_customers.py::test_a_form_drawn_at_one_customer_is_kept_for_it_after_the_switch",
    ),
    _of(
        "every page of a viewing is on record, parts too",
        "routes/web/entrance/doors.py",
        "if here.is_viewing and safe and not here.is_personal:",
        "if here.is_viewing and safe and not here.asked.partial:",
        "tests/customers/test_desk_viewings.py::test_staff_see_what_the_customer_sees_and_every_page_is_on_record",
        "tests/customers/test_desk_viewings.py::test_a_part_that_htmx_asks_for_is_on_record",
    ),
    _of(
        "staff who see the portal as a customer change nothing",
        "routes/web/entrance/doors.py",
        "if here.is_viewing and not door.while_viewing:",
        "if False:",
        "tests/customers/test_desk_viewings.py",
    ),
    _of(
        "cookies are signed with SHA-256",
        "routes/web/http/cookie.py",
        "hashlib.sha256",
        "hashlib.sha1",
        "tests/session/test_cookie.py::test_what_is_signed_is_signed_with_sha_256",
    ),
    _of(
        "a form needs its own token",
        "routes/web/entrance/doors.py",
        "        if other is None:\n            raise refusal(403)\n",
        "        if other is None:\n            return None\n",
        "tests/customers/test_customers.py",
        "tests/web/test_house.py::test_without_its_own_token_nothing_is_done",
    ),
    _of(
        "another host is refused",
        "routes/web/http/same_origin.py",
        "    return any(\n        host == allowed",
        "    return True or any(\n        host == allowed",
        "tests/web/test_frame.py::test_another_host_is_refused",
    ),
    _of(
        "a broken zip is refused, whatever Python raises",
        "models/values/zips.py",
        "    NotImplementedError,  # a version or a way of packing that nobody uses\n",
        "",
        "tests/hostile/test_values.py::test_a_damaged_zip_is_refused_whatever_is_wrong_with_it",
    ),
    _of(
        "a workbook inflates to so much and no more",
        "models/exchange/sheets/xlsx/parts.py",
        "inflated > min(MAX_INFLATED, max(_SMALL, _GROWS * size))",
        "False",
        "tests/imports/test_workbooks.py::test_what_is_inflated_may_be_a_hundred_times_the_file",
    ),
    _of(
        "the way back never leaves the portal",
        "routes/web/http/same_origin.py",
        'not path.startswith(("//", "/\\\\"))',
        "True",
        "tests/session/test_session.py::test_n7_the_way_back_never_leaves_the_portal",
    ),
    _of(
        "no trailer becomes a header",
        "routes/web/serving/in_c.py",
        "self.headers = []\n",
        "pass\n",
        "tests/web/test_connections.py::test_what_is_too_much_or_nonsense_is_answered_alike",
    ),
    _of(
        "few requests of a connection wait",
        "routes/web/serving/in_c.py",
        "len(self.pipeline) >= MOST_WAITING",
        "False",
        "tests/web/test_connections.py::test_many_requests_at_once_are_answered_in_turn_and_few_of_them_wait",
    ),
    _of(
        "a code of a telephone is good once",
        "models/users/factors/app.py",
        "SecondFactor.id == factor.id, SecondFactor.counter < step",
        "SecondFactor.id == factor.id",
        "tests/session/test_second_factor.py::test_it_is_set_up_with_a_code_and_from_then_on_a_password_alone_does_not_do",
    ),
    _of(
        "a recovery code is good once",
        "models/users/factors/recovery_codes.py",
        "(RecoveryCode.user_id == user_id) & RecoveryCode.used_at.is_(None)",
        "RecoveryCode.user_id == user_id",
        "tests/session/test_second_factor.py::test_a_recovery_code_is_good_once_and_new_ones_end_those_before",
    ),
    _of(
        "a code is counted before it is tried",
        "routes/session/giving.py",
        "    attempt(visit.db, counted, visit.now)\n",
        "",
        "tests/session/test_second_factor.py::test_guessing_codes_is_slowed_down_but_not_at_the_owners_browser",
    ),
    _of(
        "another password between the two steps ends the sign-in",
        "routes/session/codes.py",
        "mark_of(user.password_hash) != begun.password",
        "False",
        "tests/session/test_second_factor.py::test_guessing_codes_is_slowed_down_but_not_at_the_owners_browser",
    ),
    _of(
        "another password ends what is remembered of browsers",
        "models/users/password_links.py",
        "    forget(db, user.id)\n",
        "",
        "tests/session/test_second_factor.py::test_a_browser_is_remembered_for_a_month_until_it_is_forgotten",
    ),
    _of(
        "whoever must have a second factor goes nowhere else",
        "routes/web/entrance/doors.py",
        "here.lacks_factor and not",
        "False and not",
        "tests/session/test_second_factor.py::test_whoever_must_have_one_sets_it_up_before_anything_else",
    ),
)
