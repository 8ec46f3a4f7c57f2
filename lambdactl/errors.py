"""Every way a command can end badly, and the exit code of each.

::

    LambdactlError              1   unexpected failure
    ├── UsageError              2   bad words, bad file, target not resolved
    │   └── NoRegion            2   no region is set anywhere
    ├── NotConfirmed            3   the prompt was answered with no
    ├── CredentialsError        4   not usable: unknown to AWS, or refused for the clock
    │   ├── NoCredentials       4   none were found
    │   ├── LoginExpired        4   they were good once
    │   └── WrongAccount        4   they are for another account than the one that is meant
    ├── Refused                 5   a precondition does not hold; nothing was changed
    │   └── Stale               5   somebody changed it since we looked; nothing was changed
    ├── RolloutFailed           6   the rollout failed, was aborted, or was rolled back
    ├── WaitTimeout             7   the wait ended before the rollout did
    ├── StillInProgress         8   asked for the outcome, and there is none yet
    ├── NotFound                9   no such function, alias, version, stack, deployment
    ├── PartlyDone             10   some of the plan was applied, some was not
    ├── PermissionDenied       13   IAM said no; the action is named
    ├── Throttled               1   AWS asked us to slow down, and went on asking
    ├── Mistake                 1   one of ours: its traceback is in a file
    └── Unreachable             1   no answer from the endpoint
"""

from __future__ import annotations

from typing import Self


class LambdactlError(Exception):
    """An error an operator can read: what happened, why, and what to type next.

    ``str(error)`` is one sentence that says where and what. ``why`` gives the cause in AWS's words
    where there is one; ``hint`` is the way out, a command wherever a command exists.
    """

    exit_code = 1
    code = "unexpected"
    aws_code: str | None = None
    """AWS's own error code, where AWS answered with one: ``PreconditionFailedException``."""
    request_id: str | None = None
    call: str | None = None
    """The call that failed, where it was one call: ``lambda:GetAlias``."""

    def __init__(self, message: str, *, why: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.why = why
        self.hint = hint

    def without_frames(self) -> Self:
        """This error once it has been told: whoever keeps it does not keep what was under way."""
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self


class UsageError(LambdactlError):
    exit_code = 2
    code = "usage"


class NoRegion(UsageError):
    """Nothing says which region is meant."""


class NotConfirmed(LambdactlError):
    exit_code = 3
    code = "not_confirmed"


class CredentialsError(LambdactlError):
    exit_code = 4
    code = "credentials"


class NoCredentials(CredentialsError):
    """No source of credentials has any."""


class LoginExpired(CredentialsError):
    """They are of no use until somebody logs in again."""


class WrongAccount(CredentialsError):
    """They work, in an account that is not the one that is meant."""


class Refused(LambdactlError):
    exit_code = 5
    code = "refused"


class Stale(Refused):
    code = "stale"
    revision_id: str | None = None
    """The alias's revision id now, where it was an alias that somebody moved."""


class RolloutFailed(LambdactlError):
    exit_code = 6
    code = "rollout_failed"


class WaitTimeout(LambdactlError):
    exit_code = 7
    code = "timeout"


class StillInProgress(LambdactlError):
    exit_code = 8
    code = "in_progress"


class Mistake(LambdactlError):
    """Something in this program is wrong; ``why`` names the file that has the traceback."""


class NotFound(LambdactlError):
    exit_code = 9
    code = "not_found"


class PartlyDone(LambdactlError):
    exit_code = 10
    code = "partly_done"


class PermissionDenied(LambdactlError):
    """``action`` is the IAM action that is missing, as ``codedeploy:StopDeployment``."""

    exit_code = 13
    code = "permission_denied"

    def __init__(
        self, message: str, *, action: str, why: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, why=why, hint=hint)
        self.action = action


class Throttled(LambdactlError):
    code = "throttled"


class Unreachable(LambdactlError):
    code = "unreachable"
