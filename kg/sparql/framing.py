"""How a service process and a query process talk: frames over a socket pair.

A frame is one letter, four bytes of length, and the payload. A job goes down as ``J`` (JSON) and
perhaps ``B`` (a body); up come ``H`` (JSON: what is coming), any number of ``D`` (data), and ``E``
(JSON: statistics) or ``X`` (JSON: an error).
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any, Final

HEADER: Final = struct.Struct(">cI")
JOB: Final = b"J"
BODY: Final = b"B"
HEAD: Final = b"H"
DATA: Final = b"D"
END: Final = b"E"
ERROR: Final = b"X"
CHUNK: Final = 128 * 1024


def frame(kind: bytes, payload: bytes) -> bytes:
    """One frame as bytes."""
    return HEADER.pack(kind, len(payload)) + payload


def record(kind: bytes, value: Mapping[str, Any]) -> bytes:
    """A frame with JSON in it."""
    return frame(kind, json.dumps(value).encode())


class Closed(Exception):
    """The other side is gone."""


class Overdue(Exception):
    """The other side did not speak before the deadline."""


class Channel:
    """Frames from a socket, with a deadline on the waiting."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._buffer = bytearray()

    def send(self, data: bytes) -> None:
        """Send; raises :class:`Closed` when the other side is gone."""
        try:
            self.connection.settimeout(None)
            self.connection.sendall(data)
        except OSError as error:
            raise Closed from error

    def receive(self, deadline: float | None = None) -> tuple[bytes, bytes]:
        """The next frame.

        Args:
            deadline: On the monotonic clock; ``None`` waits for ever.

        Raises:
            Overdue: The deadline passed.
            Closed: The other side is gone.
        """
        kind, length = HEADER.unpack(self._take(HEADER.size, deadline))
        return kind, bytes(self._take(length, deadline))

    def _take(self, size: int, deadline: float | None) -> bytearray:
        buffer = self._buffer
        while len(buffer) < size:
            try:
                if deadline is None:
                    self.connection.settimeout(None)
                else:
                    self.connection.settimeout(max(0.001, deadline - time.monotonic()))
                data = self.connection.recv(max(65536, size - len(buffer)))
            except TimeoutError:
                raise Overdue from None
            except OSError as error:
                raise Closed from error
            if not data:
                raise Closed
            buffer += data
        taken = buffer[:size]
        del buffer[:size]
        return taken
