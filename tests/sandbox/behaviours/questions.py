"""What nobody has verified: what the sandbox chose, and why the product is safe either way."""

from __future__ import annotations

from tests.sandbox.behaviours import Open

OPEN = (
    Open(
        "1.2",
        "Does a version that is still Pending take traffic by weight (InternalError was reported)?",
        "It is refused at the invocation, not at UpdateAlias.",
        "`shift` and `promote` read the version's state first and refuse until it is Active.",
    ),
    Open(
        "1.3",
        "Does ListAliases' FunctionVersion filter find an alias that only gives it a weight?",
        "No: the filter sees the alias's own version.",
        "The filter is never used: all aliases are listed, and both sides of each protect.",
    ),
    Open(
        "1.3",
        "How many calls may come at once before Lambda's control plane throttles?",
        "Two seconds' worth (30 calls, 200 of GetFunction).",
        "One limiter stays below the rate, and slows down when it is throttled all the same.",
    ),
    Open(
        "1.4",
        "When does AccountUsage show that versions were deleted?",
        "At once.",
        "What a prune frees is added up from what it deleted, not read from the account.",
    ),
    Open(
        "1.5",
        "Is a version that an alias only gives a weight to held by that alias?",
        "Yes, 409 as for its own version (`deletion.canary_is_held = False` has it the other way).",
        "`prune` keeps every version on either side of any alias, at weight 0 too.",
    ),
    Open(
        "1.7",
        "What does deleting a version do to durable executions that run on it?",
        "The version goes at once and they go with it: the worse for whoever relied on a refusal.",
        "`prune` asks for executions that have not ended, by version, and keeps the version.",
    ),
    Open(
        "1.7",
        "In which order are durable executions listed?",
        "Oldest first.",
        "Only whether there is one is asked.",
    ),
    Open(
        "2.2",
        "Is targetVersionWeight a percentage or a share of 1?",
        "A percentage, as its documentation says.",
        "It is not read: the weights that are shown as set are the alias's own.",
    ),
    Open(
        "2.3",
        "What does a manual UpdateAlias in the middle of a deployment do?",
        "A move of the alias fails the deployment with INVALID_LAMBDA_CONFIGURATION; another write "
        "does no harm.",
        "`shift` refuses while a deployment is under way, and offers `abort`.",
    ),
    Open(
        "2.4",
        "What does CloudFormation say of an alias whose deployment failed?",
        "CodeDeploy's error message and code.",
        "The reason is read from the deployment, never from the text of the event.",
    ),
    Open(
        "3",
        "In which order does ListMetrics list?",
        "In the order in which metrics first appeared.",
        "Every page is read; nothing depends on the order.",
    ),
    Open(
        "5",
        "Is UpdateAlias checked against the alias's ARN or the function's?",
        "Against none: the sandbox has no IAM for callers; access is denied by a fault.",
        "The README asks for both; a denial is shown as what was denied, with nothing done.",
    ),
)
