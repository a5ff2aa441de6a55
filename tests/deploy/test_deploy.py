"""The deployment kit: its units, containers and proxies are started or read, and name only what there is."""

import os
import re
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from app import command_line
from models.core.database import Database
from models.core.scope import across_customers
from models.demo import SIGN_INS
from models.users.throttle import FailedSignIn
from tests.stage.browsers.live import installed
from tests.stage.connections.server import free_port
from tests.stage.portals.running import PATIENCE, ROOT, Running, running
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY, fill

DEPLOY = ROOT / "deploy"
HOST = "portal.example.no"
PASSWORDS = {username: password for username, password, _ in SIGN_INS}
COMMANDS = set(re.findall(r"^    ([a-z-]+)  ", command_line().format_help(), re.MULTILINE))


def test_the_settings_that_have_to_be_chosen_are_explained() -> None:
    chosen = re.findall(r"^(?:# )?([A-Z_]+)=", (DEPLOY / "portal.env").read_text(), re.MULTILINE)
    operation = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert {"SECRET_KEYS", "FIELD_KEYS", "PUBLIC_URL", "DATABASE_URL", "FORWARDED_ALLOW_IPS"} <= set(chosen)
    assert [name for name in chosen if f"`{name}`" not in operation] == []


def test_each_file_names_commands_that_there_are() -> None:
    for file in (*(DEPLOY / "systemd").glob("*.service"), DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"):
        written = file.read_text()
        called = re.findall(r"python app\.py ([a-z-]+)|(?:command:|CMD) \[\"?([a-z-]+)\"?\]", written)
        assert called, file.name
        assert {one or other for one, other in called} <= COMMANDS, file.name


def test_the_units_are_good_ones(tmp_path: Path) -> None:
    verify = installed("systemd-analyze")
    units = []
    for unit in (DEPLOY / "systemd").iterdir():
        units.append(tmp_path / unit.name)
        units[-1].write_text(unit.read_text().replace("/opt/portal", str(ROOT)))
        if unit.suffix == ".timer":
            assert unit.with_suffix(".service").exists()
    said = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
    of_ours = [line for line in said.stderr.splitlines() if str(tmp_path) in line]
    assert (said.returncode, of_ours) == (0, [])


def test_who_serves_does_not_have_the_address_of_the_owner_of_the_tables() -> None:
    """On PostgreSQL row security holds whoever does not own them."""
    units = {file.stem.removeprefix("portal-"): file.read_text() for file in (DEPLOY / "systemd").glob("*.service")}
    owners = {name for name, unit in units.items() if "EnvironmentFile=-/etc/portal/owner.env" in unit}
    assert owners == {"migrate", "purge", "backup"}
    written = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r"//(\w+):\$", written) == ["portal_app", "portal"]
    migrate = written.partition("\n  migrate:\n")[2].partition("\n\n")[0]
    assert "//portal:${POSTGRES_PASSWORD}@" in migrate
    assert "//portal_app:" in (DEPLOY / "portal.env").read_text()


def test_the_image_installs_by_hash_runs_as_nobody_special_and_copies_what_is_there() -> None:
    written = (DEPLOY / "Dockerfile").read_text()
    assert "--require-hashes" in written
    assert re.search(r"^USER portal$", written, re.MULTILINE)
    copied = [
        name for names in re.findall(r"^COPY (?!--from)(.+) \S+$", written, re.MULTILINE) for name in names.split()
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    sent = re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert sorted(sent) == sorted(copied)
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"tests", "bench", "docs"}
    assert packages <= set(copied)


@dataclass
class Proxied:
    """A portal behind a proxy, and a browser that reaches it there by the name that people type."""

    portal: Running
    folder: Path
    https: int
    http: int

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """Trusts the proxy's certificate, and believes that the name is this computer's."""
        trusting = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        with httpx2.Client(
            verify=trusting, base_url=f"https://127.0.0.1:{self.https}", headers={"Host": HOST}, timeout=PATIENCE
        ) as client:
            client.event_hooks = {"request": [named]}
            yield client


def named(request: httpx2.Request) -> None:
    request.extensions = {**request.extensions, "sni_hostname": HOST}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`serve` as an operator starts it, at a public name."""
    var = tmp_path_factory.mktemp("served")
    fill(f"sqlite:///{var}/portal.db")
    keys = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": FIELD_KEYS[0]}
    figures = str(free_port())
    with running(var, "serve", **keys, PUBLIC_URL=f"https://{HOST}", WORKERS="1", METRICS_PORT=figures) as portal:
        portal.wait_until_ready()
        assert "portal_requests_total" in httpx2.get(f"http://127.0.0.1:{figures}/metrics", timeout=PATIENCE).text
        yield portal


@pytest.fixture(params=["nginx", "caddy"])
def proxied(request: pytest.FixtureRequest, served: Running, tmp_path: Path) -> Iterator[Proxied]:
    """The portal behind each of the two proxies, with the configuration of the kit."""
    program = installed(request.param)
    start: Callable[..., list[str]] = {"nginx": nginx, "caddy": caddy}[request.param]
    certify(tmp_path)
    there = Proxied(served, tmp_path, free_port(), free_port())
    words = start(program, there)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    if request.param == "caddy":
        environ |= {"PORTAL_HOST": HOST, "PORTAL_UPSTREAM": f"127.0.0.1:{served.port}"}
    with (tmp_path / "said").open("w") as said, started(words, environ, said.fileno()):
        wait_for(there, tmp_path / "said")
        yield there


def wait_for(there: Proxied, said: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    with there.browser() as browser:
        while True:
            try:
                if browser.get("/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.05)


def nginx(program: str, there: Proxied) -> list[str]:
    """The file of the kit at ports of this test, inside the least that nginx needs around it."""
    folder, written = there.folder, (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{there.portal.port}"),
        ("listen 80;", f"listen 127.0.0.1:{there.http};"),
        ("listen 443 ", f"listen 127.0.0.1:{there.https} "),
        (f"/etc/letsencrypt/live/{HOST}", str(folder)),
    ):
        assert old in written
        written = written.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = folder / "around.conf"
    around.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\ndaemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n{temporary}{written}}}\n"
    )
    return [program, "-p", str(folder), "-e", "stderr", "-c", str(around)]


def caddy(program: str, there: Proxied) -> list[str]:
    """The file of the kit with ports and a certificate of this test, so that nobody is asked for one."""
    folder, written = there.folder, (DEPLOY / "Caddyfile").read_text()
    for site, more in (
        ("\nhttp://{$PORTAL_HOST} {\n", "\tbind 127.0.0.1\n"),
        ("\n{$PORTAL_HOST} {\n", f"\ttls {folder}/fullchain.pem {folder}/privkey.pem\n\tbind 127.0.0.1\n"),
    ):
        assert site in written
        written = written.replace(site, site + more)
    options = f"\tadmin off\n\thttp_port {there.http}\n\thttps_port {there.https}\n\tservers {{\n"
    (folder / "Caddyfile").write_text(written.replace("\tservers {\n", options, 1))
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def started(words: list[str], environ: dict[str, str], said: int) -> Iterator[None]:
    process = subprocess.Popen(words, env=environ, stdout=said, stderr=said)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def certify(folder: Path) -> None:
    """A certificate that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def failures(portal: Running) -> set[str]:
    """Under which addresses somebody has failed to sign in, as the portal keeps them."""
    database = Database(f"sqlite:///{portal.errors.parent}/portal.db")
    with database.session(read_only=True) as db, across_customers(db):
        found = set(db.scalars(select(FailedSignIn.key).where(FailedSignIn.bucket == "address")))
    database.close()
    return found


@pytest.mark.rest  # a proxy and a portal start
def test_behind_a_proxy_people_sign_in_and_nobody_chooses_the_own_address(proxied: Proxied) -> None:
    with proxied.browser() as browser:
        answer = browser.get(f"http://127.0.0.1:{proxied.http}/orders")
        assert (answer.status_code, answer.headers["Location"]) in {
            (code, f"https://{HOST}/orders") for code in (301, 308)
        }
        assert browser.post(f"http://127.0.0.1:{proxied.http}/crm/events", content=b"{}").status_code == 403
        asked = browser.get("/login")
        assert asked.headers["Strict-Transport-Security"]
        fields = BeautifulSoup(asked.text, "html.parser").select("#login-form [name]")
        form = {str(field["name"]): str(field.get("value", "")) for field in fields} | {"username": "Tester"}

        def sign_in(password: str, said_to_be: str) -> httpx2.Response:
            claims = {"X-Forwarded-For": said_to_be, "X-Forwarded-Proto": "http", "Forwarded": f"for={said_to_be}"}
            return browser.post("/login", data=form | {"password": password}, headers=claims)

        assert [sign_in("feil", f"192.0.2.{number}").status_code for number in (1, 2)] == [422, 422]
        assert len(failures(proxied.portal)) == 1
        answer = sign_in(PASSWORDS["Tester"], "192.0.2.3")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/info")
        [session] = [cookie for cookie in browser.cookies.jar if cookie.name == "__Host-session"]
        assert session.secure
        assert "Donald Duck" in browser.get("/employees").text
        assert "Duck" in browser.get("/employees.csv").text


@pytest.mark.rest  # processes that start
def test_a_proxy_takes_what_the_portal_takes_and_no_more(proxied: Proxied) -> None:
    with proxied.browser() as browser:
        assert browser.get("/healthz", headers={"X-Long": "x" * 40_000}).status_code in {400, 431}
        assert browser.post("/login", content=b"x" * (26 << 20)).status_code in {403, 413}
        for path in ("/metrics", "/metrics/", "/%6Detrics"):
            answer = browser.get(path)
            assert (answer.status_code, "portal_requests" in answer.text) == (404, False), path
