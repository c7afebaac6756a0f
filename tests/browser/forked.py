"""Servers that start in a moment. Four of the five seconds in which a server starts are imports, the same every time: one
process imports everything, and every server is a fork of it, `tenken serve` from there on, alone with its home, its port and
its death. Where the start itself is looked at (the first evening, a power cut, the bench), it is `python -m tenken serve`.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tenken.settings import ROOT


class Forked:
    """A server's process, as subprocess.Popen has it."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.pid: int = _asked(start=dict(environment), log=str(log))

    def poll(self) -> int | None:
        """What it ended with; None while it runs."""
        ended: int | None = _asked(poll=self.pid)
        return ended

    def kill(self) -> None:
        _asked(kill=self.pid)

    def wait(self) -> None:
        _asked(wait=self.pid)


LOCK = threading.Lock()


def _asked(**order: Any) -> Any:
    with LOCK:
        nursery = _nursery()
        assert nursery.stdin
        assert nursery.stdout
        nursery.stdin.write(json.dumps(order).encode() + b"\n")
        nursery.stdin.flush()
        return json.loads(nursery.stdout.readline())


@lru_cache(maxsize=1)
def _nursery() -> subprocess.Popen[bytes]:
    """One for each process of tests; it ends when nobody can ask it any more."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TENKEN_")}
    command = [sys.executable, "-m", "tests.browser.forked"]
    nursery = subprocess.Popen(command, cwd=ROOT, env=plain, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(_ended, nursery)
    return nursery


def _ended(nursery: subprocess.Popen[bytes]) -> None:
    nursery.communicate()  # closes its ear


# --- the process that forks --------------------------------------------------------------------------------------------


def main() -> None:
    from tenken import cli

    import_module("tenken.server")
    assert threading.active_count() == 1, threading.enumerate()  # a thread would stay behind, with whatever it holds
    ended: dict[int, int | None] = {}
    for line in sys.stdin:
        order = json.loads(line)
        said: int | None
        if "start" in order:
            said = os.fork()
            if not said:
                _serve(cli.main, order["start"], order["log"])
            ended[said] = None
        else:
            ((what, pid),) = order.items()
            said = ended[pid] = _told(what, pid, ended[pid])
        print(json.dumps(said), flush=True)


def _told(what: str, pid: int, ended: int | None) -> int | None:
    if ended is not None:
        return ended
    if what == "kill":
        os.kill(pid, signal.SIGKILL)
        return None
    found, status = os.waitpid(pid, os.WNOHANG if what == "poll" else 0)
    return os.waitstatus_to_exitcode(status) if found else None


def _serve(run: Any, environment: dict[str, str], log: str) -> None:
    """What `python -m tenken serve --no-browser` does once it has imported everything. Never returns."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["tenken", "serve", "--no-browser"]
    try:
        run()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    os._exit(0)


if __name__ == "__main__":
    main()
