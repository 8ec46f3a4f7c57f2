"""The console as one that guards: it looks at what is guarded wherever the operator is, and acts.

A guard looks at its own pace, also while the terminal is not in front. What it does is the plan of
an abort, checked anew just before and applied like one that was confirmed by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.model import Target, label
from lambdactl.plan import plan_abort
from lambdactl.render import glyphs
from lambdactl.tui.connection import Connection
from lambdactl.tui.errand import send
from lambdactl.tui.going import Going
from lambdactl.tui.guard import Guard
from lambdactl.tui.messages import GuardFailed, GuardReady
from lambdactl.tui.subject import Subject
from lambdactl.tui.watch import Watch


class Guarding(Going):
    guards: list[Guard]

    def guard_of(self, of: Subject) -> Guard | None:
        return next((g for g in self.guards if g.subject is of), None)

    def guarded_subject(self, here: Connection, target: Target) -> Subject | None:
        """The one that is guarded already: it is not looked at twice."""
        for guard in self.guards:
            of = guard.subject
            if of.connection is here and of.target == target:
                return of
        return None

    def begin_guard(self, of: Subject, canary: int) -> None:
        """From now on, until its canary is no more or somebody stops it."""
        if self.guard_of(of) is None:
            of.watch.paused = False
            self.guards.append(Guard(of, canary))
            self._note_guard(of, f"{label(canary)} is guarded: back on FAIL, an alarm or a limit")
        self.show()

    def stop_guard(self, guard: Guard, why: str) -> None:
        """Nothing is taken back by itself any more."""
        if guard in self.guards:
            self.guards.remove(guard)
            self._note_guard(guard.subject, f"the guard of {label(guard.canary)} is over: {why}")
            self.say(f"{guard.subject.target}: the guard is over: {why}")
        self.show()

    def judge_guards(self, watch: Watch) -> None:
        """A look has come back: what it says of what is guarded."""
        for guard in [g for g in self.guards if g.subject.watch is watch]:
            view = self.itself.view_of(guard.subject)
            if view.snapshot is None or view.assessment is None or guard.acting:
                continue
            if ended := guard.ended(view.snapshot):
                self.stop_guard(guard, ended)
            elif not guard.ends_seen and guard.judge(view.snapshot, view.assessment, view.gates):
                self._announce_guard(guard)

    def tick_guards(self) -> None:
        """Look where it is due, and act where the moment to stop it has passed."""
        at = self.itself.clock()
        for guard in tuple(self.guards):
            if guard.subject.watch.is_due(at):
                self.itself.look(guard.subject)
            if guard.is_due(at) and self.itself.running is None:
                self._act_guard(guard)

    def _announce_guard(self, guard: Guard) -> None:
        wait = guard.announce(self.itself.clock())
        key = self.itself.pen.key("guard")
        told = f"abort in {wait:.0f} s, {key} stops it, because {guard.because}"
        self._note_guard(guard.subject, told)
        self.bell()
        self.say(f"{guard.subject.target}: {told}", "error")

    def _act_guard(self, guard: Guard) -> None:
        guard.acting = True
        send(self, partial(self._read_guarded, guard), partial(GuardFailed, guard))

    def _read_guarded(self, guard: Guard) -> Iterator[Message]:
        """Read anew before the write: what is taken back is what was guarded, and nothing else."""
        assert guard.taken is not None
        operations = guard.subject.operations
        fresh = operations.recheck(plan_abort(guard.taken))
        yield GuardReady(guard, plan_abort(fresh), fresh)

    def on_guard_ready(self, message: GuardReady) -> None:
        guard: Guard = message.guard
        over = guard.over(message.snapshot)
        if guard not in self.guards:
            return
        if over is not None or not message.plan.actions:
            self.stop_guard(guard, over or "there is nothing to take back")
        elif self.itself.running is not None:
            guard.acting = False
        else:
            self.itself.apply(guard.subject, message.plan, because=guard.because)

    def on_guard_failed(self, message: GuardFailed) -> None:
        self._guard_failed(message.guard, message.error)

    def guard_acted(self, of: Subject, error: LambdactlError | None) -> None:
        """A change of what is guarded has ended, whoever made it."""
        guard = self.guard_of(of)
        if guard is None or not guard.acting:
            return
        if error is None:
            self.stop_guard(guard, "all traffic is back")
        else:
            self._guard_failed(guard, error)

    def _guard_failed(self, guard: Guard, error: LambdactlError) -> None:
        guard.failed(self.itself.clock())
        self._note_guard(guard.subject, f"the guard could not abort: {error}; it looks again")
        self.say(f"{guard.subject.target}: the guard could not abort: {error}", "error")
        self.show()

    def _note_guard(self, of: Subject, told: str) -> None:
        at = of.watch.pace.now(self.itself.clock())
        if at is not None:
            of.watch.add(at, glyphs.ATTENTION, "guard", told)
