"""Is the canary worse, and do we know yet?

:mod:`~lambdactl.verdict.judge` reads counts and answers PASS, FAIL, INCONCLUSIVE or NOT MEASURED;
:mod:`~lambdactl.verdict.assessment` puts that answer beside alarms and deployments, as the one
state an operator sees first. Both are pure: no AWS, no clock.
"""

from lambdactl.verdict.assessment import Assessment, State, assess
from lambdactl.verdict.judge import Answer, Verdict, judge
from lambdactl.verdict.likelihood import Counts

__all__ = ["Answer", "Assessment", "Counts", "State", "Verdict", "assess", "judge"]
