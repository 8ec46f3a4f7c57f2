"""What is done with a plan, and what is seen of a rollout: generators of events, time handed in.

``apply`` does a plan, ``follow`` looks until a rollout has ended, ``changes`` tells two looks apart
and ``history`` tells the past that one look knows. ``sleep`` is a parameter everywhere; the time of
every event is AWS's.
"""

from lambdactl.ops.apply import apply
from lambdactl.ops.differences import changes, history
from lambdactl.ops.follow import follow

__all__ = ["apply", "changes", "follow", "history"]
