"""A stream of logical decoding over the replication protocol of PostgreSQL.

The reader confirms a position itself, so that the slot moves on only after a transaction was applied. `pg_recvlogical`
confirms what it has read. Source: PostgreSQL, "Streaming Replication Protocol".
"""

import contextlib
import select
import socket
import struct
import time

import pg8000.native

_COPY_DATA, _COPY_BOTH, _ERROR = b"d", b"W", b"E"
_WAL_DATA, _KEEPALIVE, _STATUS = b"w", b"k", b"r"
_WAIT_SECONDS = 0.05
_STATUS_SECONDS = 1.0


class ReplicationStream:
    """Reads the changes of a slot as lines of text; `connection` is a session with `replication='database'`."""

    def __init__(self, connection: pg8000.native.Connection, slot: str, position: str) -> None:
        self._connection = connection
        self._socket: socket.socket = connection._usock
        self._unread = b""
        self._confirmed = 0
        self._reported_at = 0.0
        command = f'START_REPLICATION SLOT "{slot}" LOGICAL {position} ("skip-empty-xacts" \'1\')'.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!i", len(command) + 4) + command)

    def read(self) -> tuple[int, str] | None:
        """Return the next line with its log position; None if there is none yet."""
        if time.monotonic() - self._reported_at > _STATUS_SECONDS:
            self._report()
        message = self._message()
        if message is None:
            return None
        kind, body = message
        if kind == _ERROR:
            raise RuntimeError(body.replace(b"\0", b" ").decode())
        if kind == _COPY_DATA and body[:1] == _WAL_DATA:
            return struct.unpack("!q", body[1:9])[0], body[25:].decode()
        if kind == _COPY_DATA and body[:1] == _KEEPALIVE and body[17]:
            self._report()
        return None

    def confirm(self, position: int) -> None:
        """Let the slot continue behind `position`, also for a later reader."""
        self._confirmed = position
        self._report()

    def close(self) -> None:
        """End the session; the server reads the confirmations before."""
        with contextlib.suppress(OSError, pg8000.native.InterfaceError):
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(65_536):
                pass
        with contextlib.suppress(OSError, pg8000.native.InterfaceError):
            self._connection.close()

    def _report(self) -> None:
        self._reported_at = time.monotonic()
        body = _STATUS + struct.pack("!qqqqb", self._confirmed, self._confirmed, self._confirmed, 0, 0)
        self._socket.sendall(_COPY_DATA + struct.pack("!i", len(body) + 4) + body)

    def _message(self) -> tuple[bytes, bytes] | None:
        while len(self._unread) < 5 or len(self._unread) < 1 + struct.unpack("!i", self._unread[1:5])[0]:
            if not select.select([self._socket], [], [], _WAIT_SECONDS)[0]:
                return None
            received = self._socket.recv(65_536)
            if not received:
                raise RuntimeError("the server closed the connection")
            self._unread += received
        length = 1 + struct.unpack("!i", self._unread[1:5])[0]
        message, self._unread = self._unread[:length], self._unread[length:]
        return message[:1], message[5:]
