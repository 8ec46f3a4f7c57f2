"""One row of the fleet: what is known of one alias by now, from whichever read told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from lambdactl.model import Series, Target
from lambdactl.model_configuration import Listed
from lambdactl.ops.fleet import AS_RED, Member, need
from lambdactl.ops.fleet_measuring import Measured, per_minute
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.listings import AT_REST, state_of
from lambdactl.tui.drawing.rates import counted
from lambdactl.tui.fleet_tags import Belongs
from lambdactl.verdict import Answer, Verdict
from lambdactl.verdict.fleet import DANGER
from lambdactl.verdict.measuring import pair_of

TO_READ = Mark("…", "..", "reading", "dim")
"""Listed, and its aliases have not been read yet: it says nothing of how it is."""
LAST = len(DANGER)
CALM = (TO_READ, *(glyphs.of_state(state) for state in AT_REST))


@dataclass(frozen=True)
class FleetRow:
    """``member`` is None until the aliases of the function have been read."""

    function: str
    member: Member | None = None
    listed: Listed | None = None
    measured: Measured | None = None
    belongs: Belongs | None = None
    """None until its tags have been read."""
    red: bool = False
    """A red alarm watches the function, or a deployment moves it, and it is still to be read."""

    @cached_property
    def name(self) -> str:
        return self.member.name if self.member else self.function

    @cached_property
    def target(self) -> Target:
        return self.member.target if self.member else Target(self.function, "")

    @cached_property
    def need(self) -> tuple[object, ...]:
        if self.member is None:
            return (AS_RED if self.red else LAST, False, 0.0, self.function)
        return need(self.member)

    @cached_property
    def mark(self) -> Mark:
        return state_of(self.member) if self.member else TO_READ

    @property
    def needy(self) -> bool:
        """It is not at rest, as far as anybody knows."""
        return self.mark not in CALM

    @property
    def openable(self) -> bool:
        return self.member is not None and self.member.alias is not None

    @property
    def close(self) -> bool:
        """It was looked at as a rollout is, with the metrics of each version."""
        return self.member is not None and self.member.snapshot is not None

    @property
    def overlooked(self) -> bool:
        """Split or just moved, and only its routing was read: it was not on the screen then."""
        member = self.member
        if member is None or self.close or member.unread:
            return False
        return self.canary_weight is not None or member.ended is not None

    @cached_property
    def canary_weight(self) -> float | None:
        alias = self.member.alias if self.member else None
        return alias.routing.weight if alias and alias.routing.split else None

    @cached_property
    def pair(self) -> tuple[Series | None, Series | None]:
        """What is drawn, and what it is compared with: the canary's and the stable version's
        minutes where it is looked at closely, else those of the alias."""
        snapshot = self.member.snapshot if self.member else None
        if snapshot is None:
            return (self.measured.series if self.measured else None), None
        versions = pair_of(snapshot)
        if snapshot.metrics is None or snapshot.alias is None:
            return None, None
        series = snapshot.metrics.series
        if versions is not None and snapshot.alias.routing.split:
            return series.get(versions[1]), series.get(versions[0])
        return series.get(snapshot.alias.routing.stable or 0), None

    @property
    def series(self) -> Series | None:
        return self.pair[0]

    @cached_property
    def rates(self) -> tuple[float | None, float | None]:
        """Of the pair, in per cent: by the calls that the verdict counts where there is one, so
        that this row and the rollout's screen say the same; else over the whole window."""
        assessment = self.member.assessment if self.member and self.close else None
        told = assessment.verdict if assessment else Verdict(Answer.NOT_MEASURED)
        first, second = (
            counted(series, told, is_canary)
            for series, is_canary in zip(self.pair, (True, False), strict=True)
        )
        return rate_of(*first), rate_of(*second)

    @property
    def rate(self) -> float | None:
        return self.rates[0]

    @cached_property
    def ratio(self) -> float | None:
        """How many times as often as the stable version the canary fails."""
        canary, stable = self.rates
        return canary / stable if canary is not None and stable else None

    @cached_property
    def calls(self) -> float | None:
        """A minute, of all versions; 0 where it was measured and nobody called."""
        told = [per_minute(series) for series in self.pair if series is not None]
        return sum(calls or 0.0 for calls in told) if told else None

    @cached_property
    def p95_ms(self) -> float | None:
        """Of the newest whole minute that had calls."""
        minutes = self.series.minutes[:-1] if self.series else ()
        return next((m.p95_ms for m in reversed(minutes) if m.p95_ms is not None), None)

    @property
    def red_count(self) -> int:
        return len(self.member.red) if self.member else 0

    @cached_property
    def driver(self) -> str:
        """Who moves the weights: CodeDeploy, a person, or nobody."""
        if self.member is None:
            return ""
        snapshot = self.member.snapshot
        if self.member.running or (snapshot and snapshot.active_deployment):
            return "CodeDeploy"
        if snapshot is not None and snapshot.unreadable("deployment"):
            return "?"
        return "by hand" if self.canary_weight is not None else ""

    @cached_property
    def changed(self) -> datetime | None:
        """The last change that is known of: of the rollout, else of the function itself."""
        snapshot = self.member.snapshot if self.member else None
        last = snapshot.deployment if snapshot else None
        moved = snapshot.weight_since if snapshot else None
        ended = self.member.ended if self.member else None
        known = [at for at in (moved, ended, last and (last.completed or last.created)) if at]
        return max(known) if known else (self.listed.changed if self.listed else None)

    @property
    def code_size(self) -> int | None:
        return self.listed.code_size if self.listed else None

    @property
    def owner(self) -> str | None:
        return self.belongs.owner if self.belongs else None

    @property
    def stack(self) -> str | None:
        """The stack that deploys it."""
        return self.belongs.stack if self.belongs else None

    @cached_property
    def told(self) -> str:
        """What a filter's words are looked for in: the name, and the state as it is shown."""
        return f"{self.name} {self.columns['state']}"

    @cached_property
    def columns(self) -> dict[str, str]:
        """What a filter's words may be about."""
        red = " ".join(a.name for a in self.member.red) if self.member else ""
        alias = self.member.alias if self.member else None
        return {
            "state": f"{self.mark.word} {glyphs.ALARMS['ALARM'].word if red else ''}",
            "alias": alias.name if alias else "",
            "driver": self.driver,
            "alarm": red,
            "owner": self.owner or "",
            "stack": self.stack or "",
        }


def rate_of(calls: float | None, errors: float | None) -> float | None:
    return 100.0 * errors / calls if calls and errors is not None else None
