"""The console as one that guards: it looks at what is guarded wherever the operator is, and acts.

A guard looks at its own pace, also while the terminal is not in front. What it does is the plan of
an abort, checked anew just before and applied like one that was confirmed by hand. It waits for
what is being applied to its own alias, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.message import Message

from lambdactl.errors import LambdactlError
from lambdactl.model import label
from lambdactl.plan import plan_abort
from lambdactl.render import glyphs
from lambdactl.tui.applying import Applying
from lambdactl.tui.errand import send
from lambdactl.tui.going import Going
from lambdactl.tui.guard import Guard, Stage
from lambdactl.tui.messages import GuardFailed, GuardReady
from lambdactl.tui.subject import Subject, is_same
from lambdactl.tui.watch import Watch


class Guarding(Going):
    guards: list[Guard]

    def guard_of(self, of: Subject) -> Guard | None:
        """The guard of this alias, whichever page it was agreed to on."""
        return next((g for g in self.guards if is_same(g.subject, of)), None)

    def begin_guard(self, of: Subject, canary: int) -> None:
        """From now on, until its canary is no more or somebody stops it; a guard of an earlier
        canary of this alias gives way."""
        known = self.guard_of(of)
        if known is not None and known.canary != canary and known.stage is not Stage.ACTING:
            self.guards.remove(known)
            known = None
        if known is None:
            of.watch.paused = False
            self.guards.append(Guard(of, canary))
            self._note_guard(of, f"{label(canary)} is guarded: back on FAIL, an alarm or a limit")
        self.screen.refresh_bindings()
        self.show()

    def stop_guard(self, guard: Guard, why: str) -> None:
        """Nothing is taken back by itself any more."""
        if guard in self.guards:
            self.guards.remove(guard)
            self._note_guard(guard.subject, f"the guard of {label(guard.canary)} is over: {why}")
            self.say(f"{guard.subject.target}: the guard is over: {why}")
        self.screen.refresh_bindings()
        self.show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key that stops a guard is there while there is one."""
        if action == "stop_guard":
            return bool(self.guards)
        return super().check_action(action, parameters)

    def action_stop_guard(self) -> None:
        """Of whatever alias: the guard that is about to act."""
        near = [g for g in self.guards if g.stage in (Stage.ANNOUNCED, Stage.READING)]
        if near:
            self.stop_guard(near[0], "it was stopped here")
        else:
            self.say("no guard is about to act", "warning")

    def judge_guards(self, watch: Watch) -> None:
        """A look has come back: what it says of what is guarded."""
        for guard in [g for g in self.guards if g.subject.watch is watch]:
            view = self.itself.view_of(guard.subject)
            acts = guard.stage in (Stage.READING, Stage.ACTING)
            if view.snapshot is None or view.assessment is None or acts:
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
            if guard.is_due(at) and self.itself.applying_of(guard.subject) is None:
                guard.stage = Stage.READING
                send(self, partial(self._read_guarded, guard), partial(GuardFailed, guard))
            elif guard.is_late(at):
                guard.reconsider()

    def _announce_guard(self, guard: Guard) -> None:
        wait = guard.announce(self.itself.clock())
        key = self.itself.pen.key("guard")
        told = f"abort in {wait:.0f} s, {key} stops it, because {guard.because}"
        self._note_guard(guard.subject, told)
        self.bell()
        self.say(f"{guard.subject.target}: {told}", "error")

    def _read_guarded(self, guard: Guard) -> Iterator[Message]:
        """Read anew before the write: what is taken back is what was guarded, and nothing else."""
        assert guard.taken is not None
        operations = guard.subject.operations
        fresh = operations.recheck(plan_abort(guard.taken))
        yield GuardReady(guard, plan_abort(fresh), fresh)

    def on_guard_ready(self, message: GuardReady) -> None:
        guard: Guard = message.guard
        if guard not in self.guards or guard.stage is not Stage.READING:
            return
        over = guard.over(message.snapshot)
        if over is not None or not message.plan.actions:
            self.stop_guard(guard, over or "there is nothing to take back")
        elif self.itself.applying_of(guard.subject) is not None:
            guard.reconsider()
        else:
            guard.stage, guard.applying = Stage.ACTING, Applying(guard.subject, message.plan)
            self.itself.start(guard.applying, guard.because)

    def on_guard_failed(self, message: GuardFailed) -> None:
        if message.guard in self.guards and message.guard.stage is Stage.READING:
            self._guard_failed(message.guard, message.error)

    def guard_acted(self, applying: Applying) -> None:
        """``applying`` has ended: where it was a guard's own, the guard is over, or looks again."""
        guard = next((g for g in self.guards if g.applying is applying), None)
        if guard is not None and applying.error is None:
            self.stop_guard(guard, "all traffic is back")
        elif guard is not None and applying.error is not None:
            self._guard_failed(guard, applying.error)

    def _guard_failed(self, guard: Guard, error: LambdactlError) -> None:
        guard.reconsider()
        self._note_guard(guard.subject, f"the guard could not abort: {error}; it looks again")
        self.say(f"{guard.subject.target}: the guard could not abort: {error}", "error")
        self.show()

    def _note_guard(self, of: Subject, told: str) -> None:
        at = of.watch.pace.now(self.itself.clock())
        if at is not None:
            of.watch.add(at, glyphs.ATTENTION, "guard", told)
