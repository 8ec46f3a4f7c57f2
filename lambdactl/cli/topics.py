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
    5: "refused: a check failed, or somebody was faster; nothing was changed",
    6: "the rollout failed, was stopped or rolled back (--watch, --exit-status)",
    7: "timeout while waiting",
    8: "still in progress (--exit-status, --watch of what nobody drives)",
    9: "function, alias, version, stack or deployment not found",
    10: "partly done: some versions were deleted, some were not",
    13: "permission denied by IAM; the missing action is named",
    129: "SIGHUP, the terminal was closed; as 130",
    130: "Ctrl-C; says in what state AWS was left",
    141: "whoever read our output went away",
    143: "SIGTERM, a pipeline was cancelled; as 130",
}
"""A documented interface: the classes of lambdactl.errors, and what a shell adds to them."""

ENVIRONMENT = {
    "LAMBDACTL_FUNCTION": "the function, as -f takes it",
    "LAMBDACTL_ALIAS": "its alias",
    "LAMBDACTL_CONTEXT": "aws, sandbox, or a target of the config file",
    "LAMBDACTL_CONFIG": "default ~/.config/lambdactl/config.toml",
    "LAMBDACTL_OUTPUT": "table, wide, json, jsonl, yaml, csv or name",
    "LAMBDACTL_READ_ONLY": "1: change nothing, until --write is given",
    "LAMBDACTL_YES": "1: as --yes, except where env is prod",
    "LAMBDACTL_NO_INPUT": "1: never ask",
    "LAMBDACTL_DEBUG": "1: show tracebacks",
    "LAMBDACTL_LOG": "a file for a line of every call to AWS",
    "LAMBDACTL_ASCII": "1: draw with ASCII only",
    "AWS_PROFILE, AWS_REGION, ...": "as for every AWS tool",
    "AWS_ENDPOINT_URL": "ask this endpoint instead of AWS",
    "NO_COLOR, FORCE_COLOR, TERM": "colour off, colour on, the terminal",
    "BROWSER": "what the console opens AWS's own console in",
    "HTTPS_PROXY, NO_PROXY": "the way to AWS; never the way to this machine",
    "XDG_CONFIG_HOME": "where the config file is; default ~/.config",
    "XDG_STATE_HOME": "last target, audit log; default ~/.local/state",
    "XDG_CACHE_HOME": "for completion, accounts; default ~/.cache",
}

TARGETS = """\
A command is about one alias of one function in one account and region. Each
part comes from the highest of these that says it, and every command prints
from which:

  1. flags         -f NAME[:ALIAS]|ARN  -a  --context  --profile  --region
                   --endpoint-url
  2. environment   LAMBDACTL_FUNCTION, LAMBDACTL_ALIAS, AWS_PROFILE,
                   AWS_REGION, ...
  3. project file  the nearest lambdactl.toml up to the root of the git tree,
                   or [tool.lambdactl] in pyproject.toml
  4. context       the one chosen with lambdactl context use, or
                   current_context of the config file
  5. last deploy   what lambdactl deploy deployed last: used whole or not at
                   all, in its own account and region only; naming a function
                   leaves it out
  6. AWS's config  profile and region, as for every AWS tool

account_id in a project file or context refuses any other account (exit 4).
env = "prod" there marks the target, makes it read-only until --write is
given, takes no yes from the environment, and has the function's name typed
before a version takes all traffic. read_only = true or false there says
otherwise; lambdactl config show --origin prints every value with its line and
what it overrode."""


FORMATTING = """\
stdout is data, stderr is all else: the target, questions, progress, errors.

  -o table    for a person; what is the default
  -o wide     the same with more columns, and none cut where the terminal ends
  -o json     one document: {"apiVersion": "lambdactl/v1", "kind": ...,
              "context": ..., "data": ...}
  -o jsonl    one record a line: the rows of a list without the envelope, or
              the one document
  -o yaml     the document of -o json
  -o csv      the records with a header; nested objects as outer.inner, lists
              as JSON
  -o name     only what each row is called: FUNCTION:ALIAS, FUNCTION:VERSION,
              an id
  --query E   JMESPath over what -o json prints, as JSON unless -o says
              another form
  --plain     ASCII, no colour, one record a line, a tab between its columns

null (in CSV: empty) is unknown, never zero. Times are ISO 8601 UTC on AWS's
clock, weights and rates per cent, sizes bytes, durations seconds. Fields are
only ever added within lambdactl/v1.

Errors are three lines on stderr (error, why, try), and one JSON object with
-o json or jsonl. --watch in a pipe prints a line for each change, with
-o jsonl a record.

Colour: --color, then a non-empty NO_COLOR, FORCE_COLOR, TERM=dumb, then
whether it is a terminal. Text from AWS is data: a control character in it is
written out (\\x1b), never sent.

  lambdactl versions -o json --query 'data[?routed_by].version'
  lambdactl list -o name | head -3
  lambdactl events -o jsonl | jq -r .text"""

SAFETY = """\
Nothing is changed that was not shown first, and nothing that somebody else
changed meanwhile.

  plan       every changing command prints what is, what will be, what was
             checked, and the command that takes it back; --dry-run stops there
  confirm    asked on a terminal only; elsewhere it fails and names the flag
             (--yes). What cannot be undone is confirmed by typing the name of
             what it is about
  production env = "prod" in a file: marked, read-only until --write, no yes
             from the environment, the function's name typed before a version
             takes all traffic; abort asks for a yes
  read-only  --read-only, LAMBDACTL_READ_ONLY=1 or read_only = true: no write
             leaves this program
  lock       UpdateAlias carries the revision id that was shown: if the alias
             has moved since, nothing is done (exit 5); who moved it is said
             where the audit log or CodeDeploy tells, else CloudTrail knows
  read back  the alias is read after every write, and what was read is told
  guard      the one write that nobody confirms at that moment: agreed to
             before, with w in the console, shift --guard, watch --guard or
             shift --steps --guard. On a FAIL, an alarm in ALARM or an exceeded
             limit of [gate] (watch --abort-on-fail: on a FAIL alone) it takes
             all traffic back: announced 5 s before with its reason, stoppable,
             read again and locked before the write, logged with its reason. It
             is for one canary only and ends with the console or the command
  CodeDeploy while it moves an alias, shift refuses and offers abort, which
             stops the deployment with rollback and then verifies the alias
  prune      keeps $LATEST, what any alias routes to, and what an event source,
             provisioned concurrency, a policy, CodeDeploy or the stack may
             need; what cannot be read protects
  ending     Ctrl-C, SIGTERM and SIGHUP: in what state AWS is left is said, and
             the audit log has it
  unknown    what could not be read is shown as that; no check passes on it
  place      account_id in a file refuses any other account (exit 4); the
             sandbox never gets your credentials
  audit      every change leaves a line on this machine: lambdactl audit"""


def _exit_codes() -> list[Line]:
    rows = [[str(code), meaning] for code, meaning in EXIT_CODES.items()]
    return columns(rows, header=("CODE", "MEANING"), right=frozenset({0}))


def _environment() -> list[Line]:
    return columns([[name, meaning] for name, meaning in ENVIRONMENT.items()])


def _targets() -> list[Line]:
    return [spans(line) for line in TARGETS.splitlines()]


def _formatting() -> list[Line]:
    return [spans(line) for line in FORMATTING.splitlines()]


def _safety() -> list[Line]:
    return [spans(line) for line in SAFETY.splitlines()]


def _keys() -> list[Line]:
    from lambdactl.cli.console_keys import key_table, moved_keys
    from lambdactl.tui.key_list import key_list

    return key_table(key_list(moved_keys())).lines()


TOPICS: dict[str, Callable[[], list[Line]]] = {
    "exit-codes": _exit_codes,
    "formatting": _formatting,
    "safety": _safety,
    "keys": _keys,
    "environment": _environment,
    "targets": _targets,
}
