"""Settings: what the environment says, and the one sentence where it says something wrong."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from models.core.sealed import new_field_key
from models.core.settings import LOOPBACK_HOSTS, Settings, SettingsRefused
from models.exchange.crm.webhooks import keys_of, new_secret
from tests.stage.stores.databases import SECRET_KEY

KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": "k1:abc"}


def read(**environ: str) -> Settings:
    return Settings.from_environment(KEYS | environ)


def test_two_keys_are_all_that_must_be_set() -> None:
    settings = read()
    assert (settings.database_url, settings.public_url) == ("sqlite:///var/portal.db", "http://127.0.0.1:8000")
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert (settings.brand, settings.guide_file, settings.demo) == ("Kundeportal", "Kundeportal.pdf", False)
    assert settings.allowed_hosts == LOOPBACK_HOSTS
    assert (settings.smtp_url, settings.crm_url, settings.today, settings.var) == (None, None, None, Path("var"))


def test_the_proxy_must_be_named_where_it_is_on_another_machine() -> None:
    beyond = {"PUBLIC_URL": "https://portal.example", "HOST": "0.0.0.0"}  # noqa: S104  # nothing listens
    with pytest.raises(SettingsRefused, match="FORWARDED_ALLOW_IPS must name the"):
        read(**beyond)
    assert read(**beyond, FORWARDED_ALLOW_IPS="10.0.0.4, 10.1.0.0/24").proxies == ("10.0.0.4", "10.1.0.0/24")
    assert read(**beyond | {"HOST": "127.0.0.1"}).proxies == read().proxies == ("127.0.0.1", "::1")


@pytest.mark.parametrize("missing", KEYS)
def test_without_a_key_the_sentence_says_how_to_make_one(missing: str) -> None:
    for empty in ({}, {missing: ""}, {missing: " , "}):
        environ = {name: value for name, value in KEYS.items() if name != missing} | empty
        with pytest.raises(SettingsRefused) as refused:
            Settings.from_environment(environ)
        assert str(refused.value) == f"{missing} is not set. Make one with: python app.py new-key {missing}"


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("SECRET_KEYS", "short", "Each key in SECRET_KEYS must have at least 32 characters."),
        ("SECRET_KEYS", f"{SECRET_KEY},short", "Each key in SECRET_KEYS must have at least 32 characters."),
        ("PUBLIC_URL", "portal.example", "PUBLIC_URL must start with http:// or https://."),
        ("PORT", "http", "PORT must be a whole number."),
        ("PORT", "-1", "PORT must be a whole number."),
        ("PORT", "65536", "PORT must be at most 65535."),
        ("ORDER_NUMBERS_FROM", "99999", "ORDER_NUMBERS_FROM must be a whole number of at least 100000."),
        ("ORDER_NUMBERS_FROM", "1000000000", "ORDER_NUMBERS_FROM must be at most 900000000."),
        ("WORKERS", "²", "WORKERS must be a whole number of at least 1."),
        ("WORKERS", "0", "WORKERS must be a whole number of at least 1."),
        (
            "FORWARDED_ALLOW_IPS",
            "*",
            "FORWARDED_ALLOW_IPS must be addresses or networks such as 10.0.0.4 or 10.0.0.0/24.",
        ),
        (
            "FORWARDED_ALLOW_IPS",
            "proxy",
            "FORWARDED_ALLOW_IPS must be addresses or networks such as 10.0.0.4 or 10.0.0.0/24.",
        ),
        (
            "FORWARDED_ALLOW_IPS",
            "10.0.0.4,0.0.0.0/0",
            "FORWARDED_ALLOW_IPS must name proxies, not everybody: whom it names can choose any address.",
        ),
        ("PORTAL_DEMO", "perhaps", "PORTAL_DEMO must be 0 or 1."),
        ("PORTAL_TODAY", "15.03.2018", "PORTAL_TODAY must be a date such as 2026-10-01."),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(name: str, wrong: str, sentence: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read(**{name: wrong})
    assert str(refused.value) == sentence


HERE, OUT = "http://127.0.0.1:8000", "https://portal.bht.example"


@pytest.mark.parametrize(
    ("begins", "environ"),
    [
        ("PORTAL_DEMO is for demonstrations", {"PORTAL_DEMO": "1", "PUBLIC_URL": OUT}),
        ("PORTAL_DEMO is for demonstrations", {"PORTAL_DEMO": "1", "HOST": "192.168.1.5"}),
        ("PORTAL_TODAY is for demonstrations", {"PORTAL_TODAY": "2026-10-01", "PUBLIC_URL": OUT}),
        ("PORTAL_TODAY is for demonstrations", {"PORTAL_TODAY": "2026-10-01", "HOST": "::"}),
        ("PUBLIC_URL must start with https://", {"PUBLIC_URL": "http://portal.bht.example"}),
        ("PUBLIC_URL must start with https://", {"PUBLIC_URL": "http://10.0.0.7:8000"}),
        ("PUBLIC_URL must be a scheme and a host", {"PUBLIC_URL": f"{OUT}/kunde"}),
        ("PUBLIC_URL must be a scheme and a host", {"PUBLIC_URL": f"{OUT}?a=b"}),
        ("PUBLIC_URL must be a scheme and a host", {"PUBLIC_URL": "https://somebody@portal.bht.example"}),
        ("A key in SECRET_KEYS repeats itself", {"SECRET_KEYS": "s" * 40}),
        ("A key in SECRET_KEYS repeats itself", {"SECRET_KEYS": f"{SECRET_KEY},{'abcdefghij' * 4}"}),
        ("A key in FIELD_KEYS repeats itself", {"FIELD_KEYS": "k1:" + "A" * 43 + "="}),
        ("A key in CRM_FIELD_KEY repeats itself", {"CRM_FIELD_KEY": "k1:" + "A" * 43 + "="}),
        ("A key in CRM_SECRETS repeats itself", {"CRM_SECRETS": "whsec_" + "A" * 43 + "="}),
        ("*.no in ALLOWED_HOSTS", {"ALLOWED_HOSTS": "portal.bht.no,*.no"}),
        ("*.co.uk in ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*.co.uk"}),
        ("*.kommune.no in ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*.kommune.no"}),
        ("* in ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}),
        ("SMTP_URL would send its password in clear", {"SMTP_URL": "smtp://u:p@mail.bht.example"}),
        ("CRM_URL must start with https://", {"CRM_URL": "http://crm.bht.example/events"}),
    ],
)
def test_what_is_unsafe_together_is_refused_in_one_sentence(begins: str, environ: dict[str, str]) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read(**environ)
    assert str(refused.value).startswith(begins)
    assert "\n" not in str(refused.value)


def test_what_stays_on_this_computer_and_what_is_ones_own_may_be_so() -> None:
    read(PORTAL_DEMO="1", PORTAL_TODAY="2026-10-01", HOST="localhost", PUBLIC_URL="http://portal.localhost:9000")
    read(SMTP_URL="smtp://u:p@127.0.0.1:2525", CRM_URL="http://[::1]:9000/events", CRM_SECRETS=new_secret())
    own = "*.bht.no, *.oslo.kommune.no"
    beyond = {"HOST": "192.168.1.5", "FORWARDED_ALLOW_IPS": "192.168.1.1"}
    read(SMTP_URL="smtp://mail.bht.example", PUBLIC_URL=OUT, ALLOWED_HOSTS=own, **beyond)
    assert keys_of(read(CRM_SECRETS=new_secret()).crm_secrets)
    read(FIELD_KEYS=new_field_key())


def test_whoever_gets_a_letter_sees_the_products_name() -> None:
    assert read(PORTAL_BRAND="Helseportalen").mail_from == "Helseportalen <portal@bht.example>"
    assert read(PORTAL_BRAND="Berg, Dal", MAIL_FROM="post@bht.no").mail_from == '"Berg, Dal" <post@bht.no>'
    assert read(MAIL_FROM="Anna <post@bht.no>").mail_from == "Anna <post@bht.no>"


def test_keys_and_hosts_are_lists() -> None:
    settings = read(SECRET_KEYS=f"{SECRET_KEY}-new, {SECRET_KEY}", ALLOWED_HOSTS="portal.bht.example, *.bht.example")
    assert settings.secret_keys == (f"{SECRET_KEY}-new", SECRET_KEY)
    assert settings.allowed_hosts == ("portal.bht.example", "*.bht.example")


def test_the_public_url_says_whether_people_come_over_tls_and_which_host_they_ask_for() -> None:
    settings = read(PUBLIC_URL="https://portal.bht.example:8443/")
    assert settings.secure
    assert settings.public_url == "https://portal.bht.example:8443"
    assert settings.allowed_hosts == ("portal.bht.example", *LOOPBACK_HOSTS)
    assert not read(PORT="9000").secure
    assert read(PORT="9000").public_url == "http://127.0.0.1:9000"


def test_the_demo_carries_the_guides_names_unless_told_otherwise() -> None:
    demo = read(PORTAL_DEMO="1")
    assert (demo.brand, demo.guide_file) == ("Avonova Kundeportal", "Avonova_kundeportal.pdf")
    assert read(PORTAL_DEMO="yes", PORTAL_BRAND="Min portal").brand == "Min portal"


def test_empty_settings_are_as_if_not_set() -> None:
    empty = dict.fromkeys(["DATABASE_URL", "SMTP_URL", "CRM_URL", "PORT", "WORKERS", "PORTAL_TODAY", "LOG_FORMAT"], "")
    assert read(**empty) == read()


def test_a_fixed_day() -> None:
    assert read(PORTAL_TODAY="2018-03-15").today == date(2018, 3, 15)


def test_no_secret_is_in_what_a_log_would_show_of_the_settings() -> None:
    shown = repr(
        read(
            SECRET_KEYS=f"secret {SECRET_KEY}",
            FIELD_KEYS="k:secret",
            DATABASE_URL="postgresql://u:secret@h/d",
            SMTP_URL="smtps://u:secret@h",
            CRM_SECRETS="secret",
        )
    )
    assert "secret" not in shown.replace("secret_keys", "").replace("crm_secrets", "")


def test_every_setting_is_in_the_operators_table() -> None:
    table = (Path(__file__).parents[2] / "docs" / "operation.md").read_text(encoding="utf-8")
    names = {
        "proxies": "FORWARDED_ALLOW_IPS",
        "brand": "PORTAL_BRAND",
        "guide_file": "PORTAL_GUIDE",
        "demo": "PORTAL_DEMO",
        "today": "PORTAL_TODAY",
    }
    for field in fields(Settings):
        assert names.get(field.name, {"var": "PORTAL_VAR"}.get(field.name, field.name.upper())) in table, field.name
