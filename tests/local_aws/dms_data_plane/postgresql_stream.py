"""PostgreSQL's streaming replication protocol: logical decoding from a slot.

Source: PostgreSQL documentation, "Streaming Replication Protocol". pg8000 opens the session; it does not implement the
mode in which both sides send copy data.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pg8000.native

from local_aws.dms_data_plane import postgresql_session
from local_aws.dms_data_plane.endpoints import EndpointSettings
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError
from local_aws.dms_data_plane.postgresql_session import quoted

_OPTIONS = "\"include-xids\" '0', \"skip-empty-xacts\" '1'"
_IDLE_SECONDS = 0.05
_STATUS_SECONDS = 1.0
_CLOSE_SECONDS = 1.0
_UNIX_TO_POSTGRESQL_SECONDS = 946_684_800
_SLOT_IN_USE = "55006"  # SQLSTATE


def lsn(text: str) -> int:
    """Return an LSN such as `0/16B3748` as a number; raise `FatalError` if it is none."""
    high, separator, low = text.partition("/")
    try:
        return (int(high, 16) << 32) + int(low if separator else "", 16)
    except ValueError:
        raise FatalError(f"the start position {text} is not an LSN") from None


def text_of(number: int) -> str:
    """Return an LSN as text."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


@dataclass
class Message:
    """The output of the decoding plugin, with the LSN that the server sent for it."""

    lsn: int
    text: str


@dataclass
class LogicalStream:
    """A session that reads a slot. The slot is active as long as the session exists."""

    endpoint: EndpointSettings
    slot: str
    start: int
    _connection: pg8000.native.Connection = field(init=False)
    _received: bytearray = field(default_factory=bytearray)
    _acknowledged: int = 0
    _reported_at: float = 0.0

    def __post_init__(self) -> None:
        """Open the session and start the stream."""
        self._connection = postgresql_session.connect(self.endpoint, replication="database")
        self._acknowledged = self.start
        statement = f"START_REPLICATION SLOT {quoted(self.slot)} LOGICAL {text_of(self.start)} ({_OPTIONS})"
        body = statement.encode() + b"\0"
        self._send(b"Q", body)
        self._socket.settimeout(None)
        while True:
            kind, payload = self._read_message() or (b"", b"")
            if kind == b"W":
                break
            if kind == b"E":
                self.close()
                raise _error(self.endpoint, payload)
        self._socket.settimeout(_IDLE_SECONDS)

    def messages(self) -> Iterator[Message | None]:
        """Return the messages of the plugin, and None while there is none."""
        while True:
            self._report_regularly()
            found = self._read_message()
            if found is None:
                yield None
                continue
            kind, payload = found
            if kind == b"E":
                raise _error(self.endpoint, payload)
            if kind == b"d" and payload[:1] == b"w":
                yield Message(struct.unpack("!Q", payload[1:9])[0], payload[25:].decode())
            elif kind == b"d" and payload[:1] == b"k" and payload[17] == 1:
                self._report()
            elif kind == b"c":
                raise ConnectionLost(f"{self.endpoint.server}: the server ended the stream")

    def acknowledge(self, position: int) -> None:
        """Allow the server to discard the log before `position`."""
        self._acknowledged = max(self._acknowledged, position)
        self._report()

    def close(self) -> None:
        """End the session, which releases the slot. The server reads the last report before."""
        with suppress(Exception):  # the session may be lost already
            self._socket.settimeout(_CLOSE_SECONDS)
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(65_536):
                pass
        with suppress(Exception):
            self._connection.close()
        self._socket.close()

    @property
    def _socket(self) -> Any:
        return self._connection._usock

    def _report_regularly(self) -> None:
        if time.monotonic() - self._reported_at >= _STATUS_SECONDS:
            self._report()

    def _report(self) -> None:
        """Send a status update; without one the server ends the session after `wal_sender_timeout`."""
        self._reported_at = time.monotonic()
        clock = int((time.time() - _UNIX_TO_POSTGRESQL_SECONDS) * 1_000_000)
        position = self._acknowledged
        self._send(b"d", b"r" + struct.pack("!QQQQB", position, position, position, clock, 0))

    def _send(self, kind: bytes, body: bytes) -> None:
        try:
            self._socket.sendall(kind + struct.pack("!I", len(body) + 4) + body)
        except OSError as error:
            raise ConnectionLost(f"{self.endpoint.server}: {error}") from None

    def _read_message(self) -> tuple[bytes, bytes] | None:
        """Return the next message, or None if it is not complete yet."""
        while True:
            if len(self._received) >= 5:
                length = struct.unpack("!I", self._received[1:5])[0]
                if len(self._received) > length:
                    kind, payload = bytes(self._received[:1]), bytes(self._received[5 : length + 1])
                    del self._received[: length + 1]
                    return kind, payload
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                return None
            except OSError as error:
                raise ConnectionLost(f"{self.endpoint.server}: {error}") from None
            if not data:
                raise ConnectionLost(f"{self.endpoint.server}: the server closed the connection")
            self._received += data


def _error(endpoint: EndpointSettings, payload: bytes) -> Exception:
    """Return the error of an ErrorResponse."""
    fields = {part[:1]: part[1:].decode() for part in payload.split(b"\0") if part}
    code, text = fields.get(b"C", ""), fields.get(b"M", "")
    if code == _SLOT_IN_USE or code.startswith(("57P", "08")):
        return ConnectionLost(f"{endpoint.server}: {text}")
    return FatalError(f"{endpoint.identifier}: {text}")
