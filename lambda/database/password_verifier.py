"""Password verifiers of PostgreSQL: no statement and no server log contains the password.

Source: PostgreSQL's documentation of `pg_authid.rolpassword`; RFC 5803 and 7677 for SCRAM-SHA-256.
"""

import base64
import hashlib
import hmac

ITERATIONS = 4096
"""PostgreSQL's default (`scram_iterations`)."""


def scram_sha_256(password: str, salt: bytes) -> str:
    """Return the SCRAM verifier of an ASCII password, which needs no SASLprep."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_base64(salt)}${_base64(stored_key)}:{_base64(server_key)}"


def md5(password: str, username: str) -> str:
    """Return the verifier for servers with `password_encryption = md5`, the default before PostgreSQL 14."""
    return "md5" + hashlib.md5((password + username).encode(), usedforsecurity=False).hexdigest()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
