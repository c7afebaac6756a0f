"""Files that are being made: in threads of their own, a few at once, held in memory for one person and a short time.

A file of the board pack says where an organisation is weak, so nothing is written to a disk: what was made is handed out for half an
hour to whoever asked for it, and is then gone. Knows nothing of pages; what is made, and from what, is the `work` that is given.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from scoring.errors import ScoringError
from tenken.errors import ReportError, TenkenError

log = logging.getLogger("tenken")

AT_ONCE: Final = 2
KEPT_SECONDS: Final = 30 * 60
MOST_BYTES: Final = 200_000_000
MOST_WAITING: Final = 20  # of everybody; more would be a mistake or an attack
REMEMBERED: Final = 100  # jobs whose files are gone, so that a page can say so

State = Literal["waiting", "making", "done", "stopped", "failed", "gone"]
Say = Callable[[int, int, str], None]
"""`say(done, of, words)`: how far the work is; raises Stopped when nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asked: the organisation's id and the person's name, '' where nobody was given a role."""

    root: int
    person: str


@dataclass(frozen=True, slots=True)
class About:
    """What a file holds numbers of: units by their ids, and the first day of the quarter. Only who may read all of them gets it."""

    units: frozenset[int]
    period: str


@dataclass(frozen=True, slots=True)
class File:
    """`content`: the whole file; `name`: with its extension."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sha256: str = ""

    @classmethod
    def of(cls, name: str, media_type: str, content: bytes) -> "File":
        return cls(name, media_type, content, sha256(content).hexdigest())


Work = Callable[[Say], File]


@dataclass(frozen=True, slots=True)
class Job:
    """How far a file is, at one moment. `done` of `of` steps, `saying` what is being done; `ahead`: how many wait before it; `file` once it
    is done; `error` when it failed (None then: a bug, and the log has it); `until`: when it goes."""

    token: str
    owner: Owner
    about: About
    label: str
    state: State = "waiting"
    done: int = 0
    of: int = 1
    saying: str = ""
    ahead: int = 0
    file: File | None = None
    error: ScoringError | TenkenError | None = None
    until: datetime | None = None

    @property
    def running(self) -> bool:
        return self.state in ("waiting", "making")


class Stopped(Exception):
    """Nobody wants the file any more."""


class Desk:
    """All jobs of one process, oldest first. `clock`: seconds that only grow."""

    def __init__(
        self, at_once: int = AT_ONCE, kept_seconds: float = KEPT_SECONDS, most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.at_once, self.kept_seconds, self.most_bytes, self.clock = at_once, kept_seconds, most_bytes, clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._works: dict[str, Work] = {}  # of jobs that wait
        self._ended: dict[str, float] = {}  # when files were done
        self._busy = 0

    def start(self, work: Work, owner: Owner, about: About, label: str = "") -> str:
        """Puts a file in the queue; returns the token that names it. Raises ReportError(report_busy) when too many wait."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._sweep()
            if len(self._works) >= MOST_WAITING:
                raise ReportError("report_busy", n=len(self._works))
            self._jobs[token], self._works[token] = Job(token, owner, about, label), work
            self._next()
        return token

    def look(self, token: str, owner: Owner) -> Job | None:
        """A job of this person; None for any other, whoever's it is."""
        with self._lock:
            self._sweep()
            job = self._jobs.get(token)
            return self._placed(job) if job and job.owner == owner else None

    def of(self, owner: Owner) -> tuple[Job, ...]:
        """All that this person asked for, the newest first."""
        with self._lock:
            self._sweep()
            return tuple(self._placed(job) for job in reversed(self._jobs.values()) if job.owner == owner)

    def stop(self, token: str, owner: Owner) -> None:
        """The file is not wanted any more: work that has begun ends at its next step. A file that is done goes at once."""
        with self._lock:
            job = self._jobs.get(token)
            if job and job.owner == owner and (job.running or job.file):
                self._works.pop(token, None)
                self._ended.pop(token, None)
                self._jobs[token] = replace(job, state="stopped" if job.running else "gone", file=None)

    def forget(self, owner: Owner) -> None:
        """Drops what is over from a person's list: failed, stopped, gone."""
        with self._lock:
            for token in [token for token, job in self._jobs.items() if job.owner == owner and not job.running and not job.file]:
                del self._jobs[token]

    # --- with the lock held --------------------------------------------------------------------------

    def _placed(self, job: Job) -> Job:
        waiting = list(self._works)
        return replace(job, ahead=waiting.index(job.token)) if job.token in waiting else job

    def _next(self) -> None:
        while self._busy < self.at_once and self._works:
            token = next(iter(self._works))
            work = self._works.pop(token)
            self._jobs[token] = replace(self._jobs[token], state="making")
            self._busy += 1
            threading.Thread(target=self._make, args=(token, work), name=f"report {token[:6]}", daemon=True).start()

    def _sweep(self) -> None:
        """Takes away what is too old, then the oldest of what is too much, then the memory of what is long over."""
        end = self.clock() - self.kept_seconds
        for token in [token for token, at in self._ended.items() if at <= end]:
            self._drop(token)
        while self._held() > self.most_bytes:
            self._drop(next(iter(self._ended)))
        over = [token for token, job in self._jobs.items() if not job.running and not job.file]
        for token in over[: max(0, len(over) - REMEMBERED)]:
            del self._jobs[token]

    def _held(self) -> int:
        return sum(len(job.file.content) for job in self._jobs.values() if job.file)

    def _drop(self, token: str) -> None:
        del self._ended[token]
        self._jobs[token] = replace(self._jobs[token], state="gone", file=None)

    # --- in the thread of a job ----------------------------------------------------------------------

    def _make(self, token: str, work: Work) -> None:
        def say(done: int, of: int, words: str) -> None:
            with self._lock:
                job = self._jobs.get(token)
                if job is None or job.state != "making":
                    raise Stopped
                self._jobs[token] = replace(job, done=done, of=of, saying=words)

        file, error, failed = None, None, False
        try:
            file = work(say)
            if len(file.content) > self.most_bytes:
                raise ReportError("report_too_large", megabytes=self.most_bytes // 1_000_000)
        except Stopped:
            pass
        except (ScoringError, TenkenError) as known:
            file, error, failed = None, known, True
        except Exception:
            log.exception("a report was not made")
            failed = True
        with self._lock:
            self._busy -= 1
            job = self._jobs.get(token)
            if job and job.state == "making":
                if failed or file is None:
                    self._jobs[token] = replace(job, state="failed" if failed else "stopped", error=error)
                else:
                    until = datetime.fromtimestamp(datetime.now().timestamp() + self.kept_seconds).astimezone()
                    self._jobs[token] = replace(job, state="done", done=job.of, file=file, until=until)
                    self._ended[token] = self.clock()
                    self._alarm()
            self._sweep()
            self._next()

    def _alarm(self) -> None:
        """Files go on time though nobody looks."""
        timer = threading.Timer(self.kept_seconds + 1, self._swept)
        timer.daemon = True
        timer.start()

    def _swept(self) -> None:
        with self._lock:
            self._sweep()


DESK: Final = Desk()
