"""Claims about signing in at work: what an issuer is believed, whom it means, and what a session from there reaches."""

from bench.claims.mutation import of

_NO_LIE = "tests/exchange/test_oidc.py::test_no_lie_is_believed"
_NOBODY_ELSE = "tests/session/test_work.py::test_nobody_else_comes_in"
_ALONE = "tests/session/test_work.py::test_a_session_from_work_reaches_that_customer_alone"
_SET_UP = "tests/session/test_work.py::test_setting_it_up_is_for_who_may_confirmed_and_on_record"
_TOKENS = "models/exchange/oidc/id_tokens.py"
_LINKING = "models/users/sign_on/linking.py"

MUTATIONS = (
    of(
        "a token is signed with the issuer's key",
        _TOKENS,
        "        payload = jws.deserialize_compact(token, key_of(header.kid), [header.alg], registry).payload",
        "        payload = base64.urlsafe_b64decode(token.split('.')[1] + '==')",
        _NO_LIE,
    ),
    of(
        "a token answers what was asked here",
        _TOKENS,
        "not hmac.compare_digest(claims.nonce.encode(), asked.nonce.encode())",
        "not claims.nonce",
        _NO_LIE,
    ),
    of("a token is for this portal", _TOKENS, '"audience": not is_ours', '"audience": False', _NO_LIE),
    of("a token is of this moment", _TOKENS, "_moment(claims.exp) <= now - _SKEW", "False", _NO_LIE),
    of(
        "an issuer leads nobody into the portal's own networks",
        "models/exchange/oidc/asking.py",
        "all(ip_address(address).is_global for address in found)",
        "all(ip_address(address) for address in found)",
        "tests/exchange/test_oidc.py::test_a_portal_for_others_asks_nobody_in_its_own_networks",
    ),
    of(
        "who comes back is the browser that went",
        "routes/session/work/ways.py",
        'return f"sign_on:{visit.form_subject}"',
        'return "sign_on"',
        _NOBODY_ELSE,
    ),
    of(
        "an issuer speaks of addresses in its customer's domains alone",
        _LINKING,
        '"@" not in email or domain not in issuer.domains',
        '"@" not in email',
        _NOBODY_ELSE,
    ),
    of(
        "an issuer speaks of users of its customer alone",
        _LINKING,
        " or not _is_of(db, issuer.customer_id, user.id):",
        ":",
        _NOBODY_ELSE,
    ),
    of(
        "an issuer speaks of no staff",
        _LINKING,
        " or user.account_manager_id is not None or",
        " or",
        _NOBODY_ELSE,
    ),
    of(
        "a user who is linked is known by the subject",
        _LINKING,
        "        if user_id is None:\n",
        "        if account.email:\n",
        "tests/session/test_work.py::test_a_user_is_linked_once_by_the_address_and_then_known_by_the_subject",
    ),
    of(
        "what an issuer vouches for reaches its customer alone",
        "models/users/sessions.py",
        "(UserSession.vouched_at_id == Grant.customer_id)",
        "UserSession.vouched_at_id.is_not(None)",
        _ALONE,
    ),
    of(
        "who has come in at work changes neither password nor second factor",
        "routes/web/lines.py",
        "user is not None and user.vouched_at_id is None",
        "user is not None",
        _ALONE,
    ),
    of(
        "who sets up an issuer has just given the own password",
        "routes/customers/sign_on.py",
        "if not form.validate() or not is_confirmed(visit, form.own_password):",
        "if not form.validate():",
        _SET_UP,
    ),
    of(
        "where passwords are off, none reaches the customer",
        "models/users/sessions.py",
        "UserSession.vouched_at_id.is_(None) & ~has_no_other(Grant.customer_id)",
        "UserSession.vouched_at_id.is_(None)",
        "tests/session/test_only_way.py::test_a_password_opens_nothing_there_and_goes_on_elsewhere",
    ),
    of(
        "passwords go off only once the work account has opened the customer",
        "models/users/sign_on/changes.py",
        "not (wanted.is_on and issuer.proved_at)",
        "not wanted.is_on",
        "tests/session/test_only_way.py::test_the_last_way_in_cannot_be_closed",
    ),
)
