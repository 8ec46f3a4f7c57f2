"""What the doctor says of permissions: of CodeDeploy for each hook, of the caller for each command.

Who may look and not change is not ill: what a least policy leaves out is told as a note. That IAM
could not be asked is unknown, with the command that asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from lambdactl.model_permissions import HookRight, Rights, UserRights
from lambdactl.verdict.findings import Finding, Grade

HOOK_PREFIX = "CodeDeployHook_"
READ_ONLY = "read-only"
ASKED = ("lambda:ListAliases", "lambda:UpdateAlias", "codedeploy:StopDeployment")
"""What a person may ask IAM about, where the doctor may not: to look, to shift, to abort."""


def of_hooks(hooks: Iterable[HookRight]) -> Iterator[Finding]:
    return map(of_hook, hooks)


def of_hook(right: HookRight) -> Finding:
    name, role = right.hook, right.role or "not known"
    if right.allowed:
        evidence = f"{role}: {right.said}"
        return Finding(Grade.OK, f"CodeDeploy may invoke hook {name}", evidence)
    if right.allowed is None:
        title = f"whether CodeDeploy may invoke hook {name} is not known"
        evidence = f"{by_name(name)}; the group's role is {role}; {right.said}"
        return Finding(Grade.UNKNOWN, title, evidence, simulation(right))
    evidence = f"{right.said} of lambda:InvokeFunction for {role}; {by_name(name)}"
    title = f"CodeDeploy may not invoke hook {name}: the next deployment will fail"
    return Finding(Grade.PROBLEM, title, evidence, grant(right))


def by_name(hook: str) -> str:
    """What the hook's name alone says."""
    if hook.startswith(HOOK_PREFIX):
        return f"AWS's managed policy allows {HOOK_PREFIX}*, and so this name"
    return f"AWS's managed policy allows {HOOK_PREFIX}* only, and not this name"


def simulation(right: HookRight) -> str | None:
    """The command that asks IAM."""
    if right.role is None:
        return None
    return ask(right.role, ("lambda:InvokeFunction",), right.arn)


def ask(principal: str, actions: Iterable[str], resource: str | None = None) -> str:
    on = f" --resource-arns {resource}" if resource else ""
    return (
        f"aws iam simulate-principal-policy --policy-source-arn {principal}"
        f" --action-names {' '.join(actions)}{on}"
    )


def grant(right: HookRight) -> str | None:
    """The command that allows this one call, and nothing else."""
    if right.role is None:
        return None
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": right.arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return (
        f"aws iam put-role-policy --role-name {right.role.rpartition('/')[2]}"
        f" --policy-name invoke-{right.hook} --policy-document '{document}'"
    )


def of_caller(rights: Rights | None, function: str) -> Iterator[Finding]:
    if rights is None:
        return
    if rights.unknown is not None:
        title = "what these credentials may do is not known"
        yield Finding(Grade.UNKNOWN, title, rights.unknown, ask(rights.principal, ASKED))
    for user in rights.users:
        yield of_user(user, function)


def of_user(user: UserRights, function: str) -> Finding:
    runs = ", ".join(user.commands)
    if not user.missing:
        return Finding(Grade.OK, f"these credentials may run all of {user.user}", runs)
    grade = Grade.WARNING if user.user == READ_ONLY else Grade.NOTE
    title = f"these credentials lack permissions of {user.user}"
    command = f"lambdactl iam-policy --{user.user} -f {function}"
    return Finding(grade, title, lacking(user.missing), command, user.missing)


def lacking(missing: Mapping[str, tuple[str, ...]]) -> str:
    """``shift, promote: lambda:UpdateAlias; ...``: commands that lack the same stand together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for command, actions in missing.items():
        together.setdefault(actions, []).append(command)
    return "; ".join(f"{', '.join(c)}: {', '.join(actions)}" for actions, c in together.items())
