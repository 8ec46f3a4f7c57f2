"""Which rollouts need somebody first: a fleet in the order of its verdicts."""

from __future__ import annotations

from lambdactl.verdict.assessment import Assessment, State

DANGER = (
    State.FAILING,
    State.ROLLING_BACK,
    State.FAILED,
    State.NOT_MEASURED,
    State.NO_DATA,
    State.PAUSED,
    State.SHIFTING,
    State.ROLLED_BACK,
    State.DONE,
    State.STABLE,
    State.NO_ALIAS,
)
"""Worst first. What cannot be measured comes before what goes well: it may be anything."""


def urgency(assessment: Assessment) -> tuple[int, bool, float]:
    """A key to sort by, most urgent first.

    Within a state what has a sample-ratio warning comes first, then what has more evidence.
    """
    ratio = assessment.verdict.sample_ratio
    warned = ratio is not None and ratio.warns
    return DANGER.index(assessment.state), not warned, -assessment.verdict.evidence
