"""Decides how environment variables become settings. Read once by ``settings``; every variable is listed here.

| variable | meaning | default |
|---|---|---|
| TIEOUT_HOME | where this installation keeps its state (database files, generated keys) | ``.tieout`` beside the source |
| TIEOUT_MODE | ``production`` refuses unsafe settings at start; ``demo`` and ``test`` do not | ``production`` |
| TIEOUT_SECRET_KEY | signs sessions; at least 50 characters | generated into TIEOUT_HOME outside production |
| TIEOUT_TOKEN_KEYS | ``id:base64key,...`` key ring for stored tokens; the first encrypts, all decrypt | generated likewise |
| TIEOUT_BASE_URL | the address people use, without a trailing slash | ``http://127.0.0.1:8000`` |
| DATABASE_URL | any PostgreSQL >= 15; without it ``./run`` starts its own | set by ``./run`` |
| TIEOUT_DATABASE_OWNER | ``1`` keeps the rights of DATABASE_URL's role: for ``prepare_database`` only | |
| TIEOUT_STATIC_ROOT | where ``collectstatic`` puts files for a web server of yours | ``.tieout/static`` |
| TIEOUT_LOG_LEVEL | a level of Python's logging | ``INFO`` |
| TIEOUT_EMAIL_URL | how mails go out: ``smtp://user:password@host:587``, ``smtps://...:465``, or ``file:///folder`` | none: mails are refused; outside production files in TIEOUT_HOME |
| TIEOUT_EMAIL_FROM | the address mails come from, ``Name <address>`` | needed with smtp |
| TIEOUT_IDLE_MINUTES | after how many minutes without a person a session ends, 1 to 720 | 60 |
| TIEOUT_API_CALLS_A_MINUTE | how often one API token may call in a minute | ``600`` |
| QUICKBOOKS_ENVIRONMENT | ``production``, ``sandbox`` or ``custom`` | ``production`` |
| QUICKBOOKS_BASE_URL | with ``custom``: one base address for sign-in and data (the emulator) | |
| QUICKBOOKS_CLIENT_ID, QUICKBOOKS_CLIENT_SECRET | the keys of your Intuit app | |
| QUICKBOOKS_REDIRECT_URI | must equal the one registered at Intuit, to the letter | TIEOUT_BASE_URL + ``/integrations/quickbooks/callback`` |
| QUICKBOOKS_WEBHOOK_VERIFIER | verifier token of the app; two, separated by a comma, while rotating | |
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import parse_qs, unquote, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parents[3]

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%]+)\]|(?P<host>[^:\[\]]*))(?::(?P<port>\d*))?")

FOR_PAGES = "-c jit=off -c max_parallel_workers_per_gather=0"
"""What we ask takes milliseconds: compiling it, or starting helpers that take the processors from other pages, takes
longer than answering does."""
NOT_FOR_EVER = (
    "-c idle_in_transaction_session_timeout=300s"
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)
"""A machine that vanished, or a process that was frozen, lets go of the rows it had locked: its firm would stand still for
hours. Nothing of ours is silent within a transaction for longer than a refused mail or a refresh takes."""
ANSWERS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""The same the other way round: a database's machine that vanished is noticed. DATABASE_URL may say otherwise."""
PASSED_ON = frozenset(
    (
        *ANSWERS,
        *(
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "sslcrl",
            "sslcrldir",
            "sslpassword",
            "sslnegotiation",
        ),
        *(
            "ssl_min_protocol_version",
            "ssl_max_protocol_version",
            "channel_binding",
            "require_auth",
            "gssencmode",
        ),
        *("keepalives", "tcp_user_timeout", "target_session_attrs", "load_balance_hosts", "hostaddr"),
        *("application_name", "options"),
    )
)
"""Options of libpq that DATABASE_URL may give. Source: PostgreSQL's manual, "Parameter Key Words"."""


class SettingsProblem(Exception):
    """A setting is missing or unsafe. The message says which and what to do; raised at start, never later."""


def home(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    return Path(environ.get("TIEOUT_HOME") or PROJECT_ROOT / ".tieout")


def database(url: str, *, as_owner: bool) -> dict[str, object]:
    """Django's settings for a ``postgresql://user:password@host:port/name?host=/socket/dir`` address.

    Everything but migrations runs under the role ``tieout_app``, which row-level security binds
    (see ``tieout.practice.isolation``); ``as_owner`` leaves the role of the address in place.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SettingsProblem(
            "DATABASE_URL must start with postgresql:// (Tieout runs on PostgreSQL 15 or newer only)."
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(query.keys() - PASSED_ON - {"host", "port", "user"}):
        raise SettingsProblem(
            f"DATABASE_URL has an option that Tieout does not know: {', '.join(unknown)}. Take it out, or correct its name."
        )
    hosts, ports = _hosts(parts.netloc)
    options = {**ANSWERS, **{name: value for name, value in query.items() if name in PASSED_ON}}
    if not as_owner:
        theirs = options.get("options", "")
        options["options"] = f"{theirs} -c role=tieout_app {FOR_PAGES} {NOT_FOR_EVER}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tieout",
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or hosts,
        "PORT": ports or query.get("port", ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _hosts(netloc: str) -> tuple[str, str]:
    """Hosts and ports as libpq takes them, each separated by commas: ``one:5432,two:5433``. Raises SettingsProblem."""
    found = [_HOST.fullmatch(one) for one in netloc.rpartition("@")[2].split(",")]
    if not all(found):
        raise SettingsProblem(
            "DATABASE_URL must name its machine as host or host:port, several with commas between."
        )
    hosts = [unquote(one["v6"] or one["host"]) for one in found if one]
    ports = [one["port"] or "" for one in found if one]
    return ",".join(hosts), ",".join(ports) if any(ports) else ""


def email_url(mode: str, environ: dict[str, str] | os._Environ[str] = os.environ) -> str:
    """TIEOUT_EMAIL_URL; outside production mails are kept as files unless it says otherwise."""
    given = environ.get("TIEOUT_EMAIL_URL", "")
    if given or mode == "production":
        return given
    return (home(environ).absolute() / "outbox").as_uri()


def idle_seconds(minutes: str) -> int:
    """TIEOUT_IDLE_MINUTES in seconds. Raises SettingsProblem."""
    if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes) <= 720):
        raise SettingsProblem("TIEOUT_IDLE_MINUTES must be a whole number of minutes from 1 to 720.")
    return int(minutes) * 60


def kept_secret(name: str, file_name: str, make: str, mode: str) -> str:
    """A secret from the environment; outside production one is made once and kept in TIEOUT_HOME (mode 0600).

    However many processes start at once on an empty TIEOUT_HOME, all get the same: whoever is first has it, whole.
    """
    if given := os.environ.get(name):
        return given
    if mode == "production":
        raise SettingsProblem(
            f"{name} is not set. In production Tieout does not invent keys: set it to {make} and keep a copy "
            "in a safe place."
        )
    path = home() / file_name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        value = secrets.token_urlsafe(64)
        if name == "TIEOUT_TOKEN_KEYS":
            value = "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{file_name}.") as file:  # made with mode 0600
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text().strip()
