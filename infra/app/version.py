"""GET /version: which version answered, and the faults that a rehearsal asks for."""

import json
import os
import time

RELEASE = os.environ["RELEASE"]
FAILURE_PERCENT = float(os.environ["FAILURE_PERCENT"])
LATENCY_S = float(os.environ["LATENCY_MS"]) / 1000


class RehearsedFailure(Exception):
    """Raised on purpose, because the stack's FailurePercent says so."""


class Faults:
    """``percent`` of the calls fail, spread evenly, so that a rehearsal repeats exactly.

    Below 100 per cent the first call of a fresh execution environment succeeds: this is the fault
    that a smoke test does not see and traffic does.
    """

    def __init__(self, percent):
        self.percent = percent
        self.due = 0.0

    def next_call_fails(self):
        self.due += self.percent
        if self.due < 100:
            return False
        self.due -= 100
        return True


faults = Faults(FAILURE_PERCENT)


def alias_called(invoked_arn):
    """The alias that the caller named: the qualifier of the ARN, where it is not a version number.

    arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]
    """
    qualifier = "".join(invoked_arn.split(":")[7:])
    return None if qualifier in ("", "$LATEST") or qualifier.isdecimal() else qualifier


def handler(event, context):
    if LATENCY_S:
        time.sleep(LATENCY_S)
    if faults.next_call_fails():
        raise RehearsedFailure(f"FailurePercent is {FAILURE_PERCENT:g}")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(
            {
                "version": context.function_version,
                "alias": alias_called(context.invoked_function_arn),
                "release": RELEASE,
            }
        ),
    }
