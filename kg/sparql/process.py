"""One query process, as the service process sees it: started, spoken to, ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from kg.sparql.framing import Channel

_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parents[2])
_RUN: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from kg.sparql.worker import main; main()"
)


class Process:
    """One query process.

    Args:
        memory: Megabytes of address space it may take on top of the store; 0 for no limit.
        niceness: How far it steps back behind the service process for the CPU.
        offline: Whether it may open no internet connection.
    """

    def __init__(self, *, memory: int, niceness: int = 5, offline: bool = True) -> None:
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, option, 1 << 20)
        life_read, self._life = os.pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603
                [
                    sys.executable, "-c", _RUN, _PACKAGE_ROOT,
                    str(theirs.fileno()), str(life_read), str(memory), str(niceness),
                    str(int(offline)),
                ],
                pass_fds=(theirs.fileno(), life_read),
                # Each arena reserves address space, which is what is limited.
                env={"MALLOC_ARENA_MAX": "2", **os.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(life_read)
        self.channel = Channel(ours)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._child.pid

    def yield_cpu(self) -> None:
        """Put it behind everything else that wants the CPU."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 15)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        self.channel.connection.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1
        # The system takes its time over a large process; few wait for that.
        threading.Thread(target=self._child.wait, daemon=True).start()

    def gone(self, timeout: float) -> bool:
        """Wait for the end of a process that was killed, if it was; says whether it came."""
        if self._life >= 0:
            return True  # it lives, and does something else by now
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout)
        return self._child.returncode is not None

    def ended(self) -> int:
        """Exit status of a process that closed its channel."""
        try:
            status = self._child.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        self.kill()
        return status
