"""Files that are being made: a queue, one owner each, half an hour, so many bytes, and nothing left of what was stopped."""

import threading
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest

from tenken.errors import ReportError
from tenken.reports.making import MOST_WAITING, About, Desk, File, Job, Owner, Say

ME, OTHER = Owner(1, "佐藤"), Owner(1, "鈴木")
HERE = About(frozenset({1}), "2026-10-01")
PATIENCE = 20


class Clock:
    """Seconds that grow when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Work waits for it; opened at the end whatever happens, so that no thread outlives its test."""
    event = threading.Event()
    yield event
    event.set()


def file(content: bytes = b"x", name: str = "a.pdf") -> File:
    return File.of(name, "application/pdf", content)


def held(gate: threading.Event, content: bytes = b"x") -> Callable[[Say], File]:
    """Work that says its first step, waits for the gate, and says its second."""

    def work(say: Say) -> File:
        say(0, 2, "one")
        assert gate.wait(PATIENCE)
        say(1, 2, "two")
        return file(content)

    return work


def seen(desk: Desk, token: str, wanted: Callable[[Job], bool], owner: Owner = ME) -> Job:
    """The job once it is as wanted."""
    for _look in range(PATIENCE * 100):
        job = desk.look(token, owner)
        assert job is not None
        if wanted(job):
            return job
        threading.Event().wait(0.01)
    raise AssertionError(job)


def ended(desk: Desk, token: str, owner: Owner = ME) -> Job:
    return seen(desk, token, lambda job: not job.running, owner)


def made(desk: Desk, content: bytes, owner: Owner = ME) -> str:
    token = desk.start(lambda say: file(content), owner, HERE)
    assert ended(desk, token, owner).state == "done"
    return token


def test_from_the_queue_to_the_file(gate: threading.Event) -> None:
    desk = Desk()
    token = desk.start(held(gate, b"whole"), ME, HERE, "a deck")
    job = seen(desk, token, lambda job: job.saying == "one")
    assert (job.state, job.done, job.of, job.label, job.file) == ("making", 0, 2, "a deck", None)
    gate.set()
    job = ended(desk, token)
    assert (job.state, job.error, job.about) == ("done", None, HERE)
    assert job.file is not None and job.file.content == b"whole"
    assert job.file.sha256 == sha256(b"whole").hexdigest()
    assert job.until is not None


def test_nobody_else_sees_it() -> None:
    desk = Desk()
    token = made(desk, b"secret")
    for stranger in (OTHER, Owner(2, ME.person), Owner(1, "")):
        assert desk.look(token, stranger) is None
        assert desk.of(stranger) == ()
        desk.stop(token, stranger)
    assert ended(desk, token).state == "done"
    assert b"secret" not in repr(desk.look(token, ME)).encode()


def test_tokens_cannot_be_guessed() -> None:
    desk = Desk()
    tokens = {desk.start(lambda say: file(), ME, HERE) for _n in range(10)}
    assert len(tokens) == 10
    assert {len(token) for token in tokens} == {22}  # 128 bits


def test_two_at_once_the_others_in_their_order(gate: threading.Event) -> None:
    desk = Desk()
    tokens = [desk.start(held(gate), ME, HERE) for _n in range(4)]
    for token in tokens[:2]:
        seen(desk, token, lambda job: job.saying == "one")
    waiting = [desk.look(token, ME) for token in tokens[2:]]
    assert [(job.state, job.ahead) for job in waiting if job] == [("waiting", 0), ("waiting", 1)]
    gate.set()
    assert [ended(desk, token).state for token in tokens] == ["done"] * 4
    assert [job.token for job in desk.of(ME)] == tokens[::-1]


def test_too_many_are_refused(gate: threading.Event) -> None:
    desk = Desk(at_once=1)
    tokens = [desk.start(held(gate), ME, HERE) for _n in range(MOST_WAITING + 1)]
    with pytest.raises(ReportError) as refused:
        desk.start(held(gate), OTHER, HERE)
    assert refused.value.code == "report_busy"
    gate.set()
    assert {ended(desk, token).state for token in tokens} == {"done"}


def test_what_is_stopped_ends_at_its_next_step_and_leaves_nothing(gate: threading.Event) -> None:
    desk = Desk(at_once=1)
    first, second = desk.start(held(gate), ME, HERE), desk.start(held(gate), ME, HERE)
    seen(desk, first, lambda job: job.saying == "one")
    desk.stop(first, ME)
    desk.stop(second, ME)
    assert [job.state for job in desk.of(ME)] == ["stopped", "stopped"]
    gate.set()
    after = made(desk, b"next")  # the place is free again
    assert ended(desk, after).file is not None
    assert [job.file for job in desk.of(ME)[1:]] == [None, None]
    desk.forget(ME)
    assert [job.token for job in desk.of(ME)] == [after]


def test_half_an_hour_and_it_is_gone(clock: Clock) -> None:
    desk = Desk(kept_seconds=1800, clock=clock)
    token = made(desk, b"x" * 1000)
    clock.now = 1799.9
    assert ended(desk, token).file is not None
    clock.now = 1800
    job = ended(desk, token)
    assert (job.state, job.file) == ("gone", None)


def test_it_goes_on_time_though_nobody_looks() -> None:
    desk = Desk(kept_seconds=0.05)
    token = desk.start(lambda say: file(), ME, HERE)
    for _look in range(PATIENCE * 100):
        if not desk._ended and desk._jobs[token].state == "gone":
            return
        threading.Event().wait(0.01)
    raise AssertionError(desk._jobs)


def test_the_oldest_make_room() -> None:
    desk = Desk(most_bytes=1000)
    tokens = [made(desk, b"x" * 400, owner) for owner in (ME, OTHER, ME)]
    states = [desk.look(token, owner) for token, owner in zip(tokens, (ME, OTHER, ME), strict=True)]
    assert [job.state for job in states if job] == ["gone", "done", "done"]


def test_one_that_is_too_large_is_refused_and_pushes_out_nothing() -> None:
    desk = Desk(most_bytes=1000)
    kept = made(desk, b"x" * 900)
    job = ended(desk, desk.start(lambda say: file(b"x" * 1001), ME, HERE))
    assert job.state == "failed" and "report_too_large" in str(job.error)
    assert ended(desk, kept).state == "done"


def test_known_errors_keep_their_code_and_bugs_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def refused(say: Say) -> File:
        raise ReportError("nothing_to_report", unit="営業部")

    def broken(say: Say) -> File:
        raise ZeroDivisionError("a bug")

    desk = Desk()
    job = ended(desk, desk.start(refused, ME, HERE))
    assert job.state == "failed" and "nothing_to_report" in str(job.error)
    assert not caplog.records
    job = ended(desk, desk.start(broken, ME, HERE))
    assert (job.state, job.error, job.file) == ("failed", None, None)
    assert "a bug" in caplog.text
    assert made(desk, b"after")


def test_deleting_takes_the_bytes_at_once() -> None:
    desk = Desk()
    token = made(desk, b"x")
    desk.stop(token, ME)
    assert desk._held() == 0
    job = desk.look(token, ME)
    assert job is not None and (job.state, job.file) == ("gone", None)


def test_many_from_many_threads_all_end() -> None:
    desk = Desk()
    found: list[str] = []
    lock = threading.Lock()

    def ask(number: int) -> None:
        for _n in range(4):
            token = desk.start(lambda say: file(), Owner(1, str(number)), HERE)
            with lock:
                found.append(token)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        for job in desk.of(Owner(1, str(number))):
            assert ended(desk, job.token, job.owner).state == "done"
    assert len(set(found)) == 20
