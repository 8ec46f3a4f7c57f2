"""The topics of ``lambdactl help``: interfaces that belong to every command."""

from __future__ import annotations

from collections.abc import Callable

from lambdactl.render.columns import columns
from lambdactl.render.spans import Line, spans

EXIT_CODES: dict[int, str] = {
    0: "done, or nothing to do",
    1: "unexpected failure: a bug, or AWS failed and went on failing",
    2: "usage or configuration error, or no target could be resolved",
    3: "not confirmed, or nobody could be asked",
    4: "credentials missing, expired, or for another account",
    5: "refused: a precondition does not hold, or somebody changed it; nothing was changed",
    6: "the rollout failed, was stopped, or was rolled back (--watch, --exit-status, deploy)",
    7: "timeout while waiting",
    8: "still in progress (--exit-status, or --watch of a split that nobody drives)",
    9: "function, alias, version, stack or deployment not found",
    10: "partly done: some versions were deleted, some were not",
    13: "permission denied by IAM; the missing action is named",
    130: "Ctrl-C; says in what state AWS was left",
    141: "whoever read our output went away",
}
"""A documented interface: the classes of lambdactl.errors, and what a shell adds to them."""

ENVIRONMENT = {
    "LAMBDACTL_FUNCTION": "the function, as -f takes it",
    "LAMBDACTL_ALIAS": "its alias",
    "LAMBDACTL_CONTEXT": "a named target: aws, sandbox, or one of the config file",
    "LAMBDACTL_CONFIG": "the config file; default ~/.config/lambdactl/config.toml",
    "LAMBDACTL_OUTPUT": "table, json, jsonl or yaml",
    "LAMBDACTL_YES": "1: confirmations are answered with yes, except where env is prod",
    "LAMBDACTL_NO_INPUT": "1: never ask",
    "LAMBDACTL_DEBUG": "1: show tracebacks",
    "LAMBDACTL_ASCII": "1: draw with ASCII only",
    "AWS_PROFILE, AWS_REGION, ...": "as for every AWS tool",
    "AWS_ENDPOINT_URL": "ask this endpoint instead of AWS",
    "NO_COLOR, FORCE_COLOR, TERM": "colour off, colour on, the terminal",
    "XDG_STATE_HOME": "where the last deployed target is remembered; default ~/.local/state",
}

TARGETS = """\
A command is about one alias of one function in one account and region. Each part
comes from the highest of these that says it, and every command prints from which:

  1. flags         -f NAME[:ALIAS]|ARN  -a  --context  --profile  --region  --endpoint-url
  2. environment   LAMBDACTL_FUNCTION, LAMBDACTL_ALIAS, AWS_PROFILE, AWS_REGION, ...
  3. project file  the nearest lambdactl.toml up to the root of the git tree,
                   or [tool.lambdactl] in pyproject.toml
  4. context       the one chosen with lambdactl context use, or current_context of
                   the config file
  5. last deploy   what lambdactl deploy deployed last: used whole or not at all, in
                   its own account and region only; naming a function leaves it out
  6. AWS's config  profile and region, as for every AWS tool

account_id in a project file or context refuses any other account (exit 4).
env = "prod" there marks the target and takes no yes from the environment."""


def _exit_codes() -> list[Line]:
    rows = [[str(code), meaning] for code, meaning in EXIT_CODES.items()]
    return columns(rows, header=("CODE", "MEANING"), right=frozenset({0}))


def _environment() -> list[Line]:
    return columns([[name, meaning] for name, meaning in ENVIRONMENT.items()])


def _targets() -> list[Line]:
    return [spans(line) for line in TARGETS.splitlines()]


TOPICS: dict[str, Callable[[], list[Line]]] = {
    "exit-codes": _exit_codes,
    "environment": _environment,
    "targets": _targets,
}
