"""No network for query processes: the second line behind the guard.

The guard reads a request's text; this holds whatever the engine reads into it. Linux only: a
system call filter refuses internet sockets for the rest of the process's life. Elsewhere the
guard stands alone.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from typing import Final

_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_FILTER_MODE: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
# Machine: its audit number, its number of socket(2), and where foreign call tables begin.
_MACHINES: Final = {
    "x86_64": (0xC000003E, 41, 0x40000000),
    "aarch64": (0xC00000B7, 198, 0xFFFFFFFF),
}
_INTERNET: Final = (2, 10)  # AF_INET, AF_INET6


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def go_offline() -> bool:
    """Refuse internet sockets to this process from now on, for good.

    Returns:
        Whether the system does so. Threads that run already are not covered.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or struct.calcsize("P") != 8:
        return False
    code = _filter(*machine)
    kept = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


def _filter(audit: int, socket_call: int, foreign: int) -> bytes:
    """Classic BPF over ``struct seccomp_data``: call number, machine, address, arguments."""
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, 6, audit),  # calls of another machine's table: refused
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 4, 0, foreign),
        (_EQUAL, 0, 4, socket_call),
        (_LOAD, 0, 0, 16),
        (_EQUAL, 1, 0, _INTERNET[0]),
        (_EQUAL, 0, 1, _INTERNET[1]),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
