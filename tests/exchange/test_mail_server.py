"""How the mail server is reached: with TLS, with a password, and with settings that make sense."""

import ipaddress
import ssl
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.core.database import Database
from models.core.settings import SettingsRefused
from tests.stage.connections.server import Loop
from tests.stage.outside.servers import MailServer
from tests.stage.portals.outgoing import SECRETS, Portal

# How the mail server is reached


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1, by an authority that is trusted for the length of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server of the tests")])
    public = key.public_key()
    certificate = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))  # noqa: DTZ001  # UTC by definition
        .not_valid_after(datetime(2120, 1, 1))  # noqa: DTZ001
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_letters_go_through_starttls_with_the_users_name_and_password(
    database: Database, loop: Loop, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = MailServer(loop, tls_context=tls, require_starttls=True, auth_required=True)
    url = f"smtp+starttls://portal%40bht.example:p%2Fa%3Ass@127.0.0.1:{server.port}"
    portal = Portal(database, tmp_path, smtp_url=url)
    portal.post()
    assert portal.deliver() == 1
    assert server.credentials == [(b"portal@bht.example", b"p/a:ss")]
    server.close()


def test_letters_go_through_tls_from_the_start(
    database: Database, loop: Loop, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = MailServer(loop, tls=tls)
    portal = Portal(database, tmp_path, smtp_url=f"smtps://127.0.0.1:{server.port}")
    portal.post()
    assert portal.deliver() == 1
    server.close()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_with_a_wrong_certificate_gets_nothing(
    lonely: Portal, loop: Loop, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = MailServer(loop, tls=tls) if scheme == "smtps" else MailServer(loop, tls_context=tls)
    url = f"{scheme}://portal:secret@127.0.0.1:{server.port}"
    lonely.settings = replace(lonely.settings, smtp_url=url)
    message = lonely.post()
    assert lonely.deliver() == 0
    assert lonely.stored(message).last_error == "SSLCertVerificationError"
    assert lonely.outbox == (1, 0)
    assert (server.arrived, server.credentials) == ([], [])
    server.close()


def test_a_server_without_starttls_gets_no_password(portal: Portal, server: MailServer) -> None:
    url = f"smtp+starttls://portal:secret@127.0.0.1:{server.port}"
    portal.settings = replace(portal.settings, smtp_url=url)
    message = portal.post()
    assert portal.deliver() == 0
    assert portal.stored(message).last_error == "SMTPNotSupportedError"
    assert server.credentials == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"smtp_url": "mail.bht.example"}, "SMTP_URL must look like"),
        ({"smtp_url": "http://mail.bht.example"}, "SMTP_URL must look like"),
        ({"smtp_url": "smtp://"}, "SMTP_URL must look like"),
        ({"smtp_url": "smtp://mail.bht.example:post"}, "SMTP_URL must look like"),
        ({"mail_from": "Kundeportal"}, "MAIL_FROM must look like"),
        ({"crm_url": "crm.example", "crm_secrets": SECRETS}, "CRM_URL must start with"),
        ({"crm_url": "https://crm.example:x", "crm_secrets": SECRETS}, "CRM_URL must start with"),
        ({"crm_url": "https://crm.example"}, "CRM_SECRETS is not set"),
        ({"crm_secrets": ("whsec_æ",)}, "Each secret in CRM_SECRETS"),
        ({"crm_secrets": ("whsec_c2hvcnQ=",)}, "Each secret in CRM_SECRETS"),
        ({"crm_field_key": "k1:c2hvcnQ="}, "CRM_FIELD_KEY must be written id:base64"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(lonely: Portal, settings: dict[str, Any], sentence: str) -> None:
    lonely.settings = replace(lonely.settings, **settings)
    with pytest.raises(SettingsRefused, match=sentence):
        _ = lonely.postman
