"""TLS of database connections: either the certificate's chain and host name are verified, or TLS is off.

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

_CA_DIR = Path(__file__).parent / "ca"


class Tls(Enum):
    """TLS mode; `OFF` exists for tests on one machine."""

    VERIFY_FULL = "verify-full"
    OFF = "off"


@dataclass(frozen=True)
class Trust:
    """TLS mode, and the folder whose `*.pem` files hold the trusted certificate authorities.

    An archive carries those of Amazon RDS, and those of databases outside AWS that the stack file names.
    """

    tls: Tls
    roots: Path


def parse_trust(variables: Variables) -> Trust:
    """Return the TLS settings of the environment."""
    text = variables.optional("DB_TLS_MODE") or Tls.VERIFY_FULL.value
    try:
        tls = Tls(text.lower())
    except ValueError:
        raise InvalidSettings(f"the environment variable DB_TLS_MODE is {text!r}, allowed: verify-full, off") from None
    return Trust(tls, Path(variables.optional("DB_CA_DIR") or _CA_DIR))


def context(trust: Trust) -> ssl.SSLContext | None:
    """Return the context for a driver; None where TLS is off."""
    return None if trust.tls is Tls.OFF else _verify_full(trust.roots)


@cache
def _verify_full(roots: Path) -> ssl.SSLContext:
    verifying = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks chain and host name
    verifying.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in sorted(roots.glob("*.pem")):
        verifying.load_verify_locations(path)
    return verifying
