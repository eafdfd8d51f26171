"""Transport security towards databases: the certificate's chain and name are checked, or there is none."""

import ssl
from functools import cache
from pathlib import Path

from common.settings import Tls, Trust


def context(trust: Trust) -> ssl.SSLContext | None:
    """The context that a driver takes; None where the settings ask for no verification, as tests do."""
    return None if trust.tls is Tls.OFF else _verify_full(trust.roots)


@cache
def _verify_full(roots: Path) -> ssl.SSLContext:
    verifying = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks chain and name
    verifying.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in sorted(roots.glob("*.pem")):
        verifying.load_verify_locations(path)
    return verifying
