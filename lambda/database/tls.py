"""TLS of database connections: the certificate's chain and host name are verified, or TLS is off.

Environment: DB_TLS_MODE (`verify-full` by default, or `off`) and DB_CA_DIR (folder of certificate authorities, by
default `ca` in this package).
"""

import ssl
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from common.errors import InvalidSettings
from common.settings import Variables

_DEFAULT_CA_DIR = Path(__file__).parent / "ca"


class TlsMode(Enum):
    """Verification of certificates; `OFF` is for tests on one machine."""

    VERIFY_FULL = "verify-full"
    OFF = "off"


@dataclass(frozen=True)
class TlsConfig:
    """TLS mode, and the folder of trusted certificate authorities (`*.pem`)."""

    mode: TlsMode
    ca_dir: Path


def parse_tls_config(variables: Variables) -> TlsConfig:
    """Return the TLS settings of the environment."""
    text = variables.optional("DB_TLS_MODE") or TlsMode.VERIFY_FULL.value
    try:
        mode = TlsMode(text.lower())
    except ValueError:
        raise InvalidSettings(f"the environment variable DB_TLS_MODE is {text!r}, allowed: verify-full, off") from None
    return TlsConfig(mode, Path(variables.optional("DB_CA_DIR") or _DEFAULT_CA_DIR))


def ssl_context(tls: TlsConfig) -> ssl.SSLContext | None:
    """Return the context for a driver, None if TLS is off."""
    return None if tls.mode is TlsMode.OFF else _verify_full(tls.ca_dir)


@cache
def _verify_full(ca_dir: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in sorted(ca_dir.glob("*.pem")):
        context.load_verify_locations(path)
    return context
