"""The running clock where the machine stands still for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lambdactl.sandbox.clock import Process, RunningClock

STALL_S = 3600.0


@pytest.fixture
def clock() -> Iterator[RunningClock]:
    made = RunningClock(speed=50.0)
    yield made
    made.close()


def test_after_a_stall_nobody_looks_a_thousand_times_at_once(clock: RunningClock) -> None:
    """A process that looked every second throttled itself when its time came."""
    looks, done = 0, threading.Event()

    def looking() -> Process:
        nonlocal looks
        clock._wall0 += STALL_S
        until = clock.now() + 20
        while clock.now() < until:
            looks += 1
            yield 1.0
        done.set()

    clock.spawn(looking())
    assert done.wait(20)
    assert looks < 100


def test_what_waits_for_long_keeps_its_pace(clock: RunningClock) -> None:
    """Five minutes of a canary are counted from when they began, not from when it had its turn."""
    due = clock.now() - 20.0
    assert clock._next_due(due, 300.0) == due + 300.0
