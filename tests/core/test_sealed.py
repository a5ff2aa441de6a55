"""Sealed text: opened by its keys in its place only, and found by blind indexes without being opened."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.sealed import Keyring, SealBroken, new_field_key
from models.core.settings import SettingsRefused

OLD, NEW = new_field_key(), new_field_key()
PLACE = "employees.national_id:17"
NUMBER = "14838419861"


@given(text=st.text(), place=st.text(max_size=40))
@settings(max_examples=50, derandomize=True)
def test_what_was_sealed_is_opened_as_it_was(text: str, place: str) -> None:
    ring = Keyring((NEW,))
    assert ring.open(ring.seal(text, place=place), place=place) == text


def test_the_same_text_is_sealed_differently_each_time_and_shows_nothing() -> None:
    ring = Keyring((NEW,))
    first, second = ring.seal(NUMBER, place=PLACE), ring.seal(NUMBER, place=PLACE)
    assert first != second
    assert NUMBER not in first
    assert NUMBER.encode() not in base64.urlsafe_b64decode(first.partition(".")[2])


def test_in_another_place_it_does_not_open() -> None:
    ring = Keyring((NEW,))
    with pytest.raises(SealBroken) as broken:
        ring.open(ring.seal(NUMBER, place=PLACE), place="employees.national_id:18")
    assert str(broken.value) == "cannot open what stands at employees.national_id"


def test_whatever_is_changed_breaks_the_seal() -> None:
    ring = Keyring((NEW,))
    key_id, _, encoded = ring.seal(NUMBER, place=PLACE).partition(".")
    raw = base64.urlsafe_b64decode(encoded)
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    changed = [f"{key_id}.{base64.urlsafe_b64encode(one).decode()}" for one in [*flipped, raw[:-1], raw[:12], b""]]
    for sealed in [*changed, "", ".", "x", encoded, f"k000000.{encoded}", f"{key_id}.æøå", f"{key_id}.{encoded[:-1]}"]:
        with pytest.raises(SealBroken):
            ring.open(sealed, place=PLACE)


def test_keys_rotate_the_newest_seals_and_every_one_opens() -> None:
    sealed = Keyring((OLD,)).seal(NUMBER, place=PLACE)
    both = Keyring((NEW, OLD))
    assert both.open(sealed, place=PLACE) == NUMBER
    again = both.seal(NUMBER, place=PLACE)
    assert again.startswith(NEW.partition(":")[0] + ".")
    assert Keyring((NEW,)).open(again, place=PLACE) == NUMBER
    with pytest.raises(SealBroken):
        Keyring((NEW,)).open(sealed, place=PLACE)


def test_equal_texts_have_equal_indexes_for_one_purpose_and_key() -> None:
    both, old = Keyring((NEW, OLD)), Keyring((OLD,))
    newest, older = both.blind_indexes(NUMBER, purpose="employees.national_id:1")
    assert (older,) == old.blind_indexes(NUMBER, purpose="employees.national_id:1")
    others = {
        *both.blind_indexes("29829624883", purpose="employees.national_id:1"),
        *both.blind_indexes(NUMBER, purpose="employees.national_id:2"),
    }
    assert len({newest, older, *others}) == 6
    assert NUMBER not in newest


@pytest.mark.parametrize(
    "wrong",
    [
        "no-colon",
        "k1:",
        ":" + base64.b64encode(bytes(32)).decode(),
        "k1:" + base64.b64encode(bytes(16)).decode(),
        "k1:" + base64.b64encode(bytes(33)).decode(),
        "k1:not base64!",
        "k.1:" + base64.b64encode(bytes(32)).decode(),
        "k" * 17 + ":" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_a_key_that_is_none_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsRefused, match="written id:base64 with 32 bytes") as refused:
        Keyring((NEW, wrong))
    assert wrong not in str(refused.value)


def test_two_keys_of_one_name_stop_the_start() -> None:
    with pytest.raises(SettingsRefused):
        Keyring((NEW, NEW.partition(":")[0] + ":" + OLD.partition(":")[2]))
