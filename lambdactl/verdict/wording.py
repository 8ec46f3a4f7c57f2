"""The numbers of a verdict in one line: what decides, and what is still missing."""

from __future__ import annotations

import re

from lambdactl.model import Deployment, label
from lambdactl.verdict.judge import Answer, Verdict

SETTLING = "the first minutes are still settling"


def told(verdict: Verdict) -> str:
    """``canary 6.31 % (13/206) vs stable 0.11 % (2/1,897) · worse, evidence 7,535``."""
    if verdict.answer is Answer.NOT_MEASURED:
        return verdict.reason or SETTLING
    if not verdict.canary_calls:
        return SETTLING
    rates = f"canary {canary_rate(verdict)} vs stable {stable_rate(verdict)}"
    return f"{rates} · {ground(verdict, 'the canary')}"


def compared(verdict: Verdict, stable: int, canary: int) -> str:
    """Both versions in one sentence that claims no more than the answer does."""
    ours, theirs = label(canary), label(stable)
    if verdict.answer is Answer.NOT_MEASURED or not verdict.canary_calls:
        return f"not measured: {told(verdict)}"
    if verdict.answer is Answer.FAIL:
        return f"{ours} fails more often than {theirs}"
    if verdict.answer is Answer.PASS:
        return f"{ours} is not {times(verdict.margin)} as bad as {theirs}"
    return f"no answer yet whether {ours} is worse than {theirs}"


def canary_rate(verdict: Verdict) -> str:
    return _rate(verdict.canary_errors, verdict.canary_calls)


def stable_rate(verdict: Verdict) -> str:
    return _rate(verdict.stable_errors, verdict.stable_calls)


def ground(verdict: Verdict, canary: str) -> str:
    """What the answer rests on; for INCONCLUSIVE what is missing, as far as it can be foretold.

    ``canary`` is what the canary is called in the sentence.
    """
    if verdict.answer is Answer.FAIL:
        return f"worse, evidence {number(verdict.evidence)}"
    if verdict.answer is Answer.PASS:
        return f"not {times(verdict.margin)} as bad"
    if verdict.missing is not None:
        return verdict.missing.text
    if verdict.more_calls is not None:
        return f"about {verdict.more_calls:,} more canary calls"
    if verdict.canary_bound is not None:
        return f"{canary} may still fail up to {verdict.canary_bound:.2g} %"
    return "the rates lead to no answer yet"


def cause(deployment: Deployment) -> str:
    """Why a deployment ended badly, in a few words where CodeDeploy takes a paragraph."""
    message = deployment.error_message or ""
    match deployment.error_code:
        case "ALARM_ACTIVE":
            names = re.findall("<([^<>]+)>", message)
            return f"alarm {', '.join(names)}" if names else "an alarm"
        case "HOOK_EXECUTION_FAILURE":
            failed = [e.name for e in deployment.events if e.status == "Failed"]
            return f"hook {', '.join(failed)} failed" if failed else "a hook failed"
        case "IAM_ROLE_PERMISSIONS":
            named = re.search(r"role/(\S+)", message)
            role = f"CodeDeploy's role {named[1]}" if named else "CodeDeploy's role"
            return f"{role} may not move the alias"
        case "MANUAL_STOP":
            return "stopped by a person"
        case code:
            return message or code or "no reason given"


def number(value: float) -> str:
    return f"{value:,.0f}" if value < 1e6 else "over 1,000,000"


def _rate(errors: int, calls: int) -> str:
    return f"{100.0 * errors / calls:.2f} % ({errors:,}/{calls:,})" if calls else "no calls"


def times(margin: float) -> str:
    """``twice``, ``1.5 times``."""
    return "twice" if margin == 2.0 else f"{margin:g} times"
