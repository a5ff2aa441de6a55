"""What a new password has to be (NIST SP 800-63B-4, ASVS 5.0 6.2): long, and not what anybody would try first."""

from contextlib import suppress

import pytest

from models.users.password_rules import LONGEST, SHORTEST, PasswordRefused, check_new_password

KNOWN = ("hms.fjord", "Hilde Moldskred", "hilde.moldskred@fjordbygg.example", "Avonova Kundeportal")

GUESSABLE = [
    *("PassordPassord2026", "passord12345678", "Sommer2026Sommer!", "velkommentiljobb", "Fotball2025Fotball"),
    *("qwertyuiopasdfgh", "1qaz2wsx3edc4rfv", "123456789012345", "poiuytrewqlkjhgf", "abcdefghijklmnopq"),
    *("aaaaaaaaaaaaaaaa", "xkcxkcxkcxkcxkcxkc", "!!!!!!!!!!!!!!!!!!", "               "),
    *("hms.fjord2026hms.fjord", "Hilde Moldskred 1984", "moldskred-moldskred", "fjordbygg2026!!"),
    *("Avonova Kundeportal1", "kundeportalen2026", "polniypizdec0211"),
]
FINE = [
    *("tre sure epler i kurven", "correct horse battery staple", "sykkel lampe ost månen", "solskinn på taket"),
    *(
        "x7#kP9!qLm2$vR4z",
        "dragon sunshine monkey ninja",
        "ål & ørret i sjøen",
        "Hilde liker blå sommerfugler",
        "猫がテーブルの上で寝ている午後",
    ),
]


@pytest.mark.parametrize("password", GUESSABLE)
def test_what_anybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, known=KNOWN)
    assert "for lett å gjette" in str(refused.value)
    assert password.strip() == "" or password not in str(refused.value)


@pytest.mark.parametrize("password", FINE)
def test_words_do_in_any_language_and_so_does_what_a_program_makes(password: str) -> None:
    check_new_password(password, known=KNOWN)


def test_the_length_is_what_counts() -> None:
    fine = FINE[0]
    check_new_password(fine[:SHORTEST])
    check_new_password((fine * 20)[:LONGEST])
    for wrong in (fine[: SHORTEST - 1], (fine * 20)[: LONGEST + 1], ""):
        with pytest.raises(PasswordRefused):
            check_new_password(wrong)


def test_every_password_is_looked_at_to_its_end() -> None:
    """That none takes long is measured by `bench`."""
    for slow in ("xy" * 50 + "yx" * 50, "a" * 199 + "b", "".join(map(chr, range(0x100, 0x100 + LONGEST)))):
        with suppress(PasswordRefused):
            check_new_password(slow)
