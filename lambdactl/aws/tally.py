"""How much is asked of AWS, and what AWS will want for it: each request as it is sent.

Retries are counted, for AWS counts them; so are the calls that botocore makes by itself for
credentials. What a client remembers, or refuses before it is sent, is not. An attempt that found no
network is: nobody can tell it from one whose answer was lost.

Of the calls of this program GetMetricData alone has a price that can be known beforehand. The other
calls to CloudWatch are free up to a million a month, those to Lambda, CodeDeploy, CloudFormation
and STS always. What reading logs costs goes by bytes that nobody is told, and is not in here; nor
are the cents of the objects in S3 that a deployment leaves.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any

BILLED = "cloudwatch:GetMetricData"
USD_PER_METRIC = 0.01 / 1000
"""List price of a metric that is asked for, at any number of datapoints, outside the free tier.
Source: aws.amazon.com/cloudwatch/pricing, us-east-1; other regions differ by a few per cent."""
MINUTE_S = 60.0
PACE_S = 300.0
"""So much of the past says how fast money is spent: long enough for a console's slowest look."""
REQUESTED = "lambdactl metrics"
"""Where botocore carries along with a request how many metrics it asks for."""


class Tally:
    """Safe to use from several threads; every method returns at once."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._first: float | None = None
        self._seconds: deque[tuple[int, int, int]] = deque()
        """Of each second of the past few minutes that saw any: when, calls, metrics."""

    def sent(self, call: str, metrics: int = 0) -> None:
        """One more request ``service:Operation``; ``metrics`` are those it asks for."""
        with self._lock:
            now = self._monotonic()
            self._first = now if self._first is None else self._first
            self._calls[call] += 1
            self._add(int(now), metrics)

    @property
    def total(self) -> int:
        """Requests since the beginning."""
        with self._lock:
            return self._calls.total()

    def by_call(self) -> dict[str, int]:
        """``service:Operation`` -> requests since the beginning, the most frequent first."""
        with self._lock:
            return dict(self._calls.most_common())

    def per_minute(self, now: float | None = None) -> int:
        """The requests of the past 60 seconds; ``now`` is on the monotonic clock."""
        since = int(self._monotonic() if now is None else now) - MINUTE_S
        with self._lock:
            return sum(calls for at, calls, _ in self._seconds if at > since)

    def usd_per_hour(self, now: float | None = None) -> float:
        """What an hour costs that goes on as the past five minutes went, or as many as there were;
        in the first minute what that minute has cost so far counts for the whole of it."""
        at = self._monotonic() if now is None else now
        with self._lock:
            age = 0.0 if self._first is None else at - self._first
            seconds = min(max(age, MINUTE_S), PACE_S)
            metrics = sum(wanted for when, _, wanted in self._seconds if when > int(at) - seconds)
        return metrics * USD_PER_METRIC * 3600.0 / seconds

    def _add(self, second: int, metrics: int) -> None:
        calls = 1
        if self._seconds and self._seconds[-1][0] == second:
            _, before, wanted = self._seconds.pop()
            calls, metrics = before + 1, wanted + metrics
        self._seconds.append((second, calls, metrics))
        while self._seconds[0][0] < second - PACE_S:
            self._seconds.popleft()


def watch(events: Any, tally: Tally, names: Mapping[str, str]) -> None:
    """Have botocore tell ``tally`` of every request; ``names`` are services by botocore's ids.

    A request is created, and signed, once for each attempt to send it.
    """

    def requested(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        queries = params.get("MetricDataQueries", ())
        context[REQUESTED] = sum("MetricStat" in query for query in queries)

    def created(request: Any, event_name: str, **_: Any) -> None:
        service, operation = event_name.split(".")[1:]
        metrics = request.context.get(REQUESTED, 0)
        tally.sent(f"{names.get(service, service)}:{operation}", metrics)

    events.register(f"before-parameter-build.{BILLED.replace(':', '.')}", requested)
    events.register_last("request-created", created)
