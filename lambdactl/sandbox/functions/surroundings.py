"""What a worker finds around it: the variables of a function, and nothing of the user's.

The account's made-up credentials and its own endpoint are in it, so that code that calls AWS comes
back to the sandbox. Places where an SDK would look for anything else (a home directory, a config
file, the instance's metadata) lead nowhere.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lambdactl.sandbox.account import FUNCTION_KEY, FUNCTION_KEY_ID, Account
from lambdactl.sandbox.functions.records import Function, FunctionVersion
from lambdactl.sandbox.functions.settings import default_log_group

_FROM_THE_INTERPRETER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What the machine's own Python may need to start at all."""


def stream_name(account: Account, function: Function, version: FunctionVersion) -> str:
    """A log stream for a new worker, as Lambda names it: in a group of the function's choosing,
    which others may share, with the function's name."""
    own = version.settings.log_group == default_log_group(function.name)
    named = "" if own else function.name
    return f"{account.clock.utcnow():%Y/%m/%d}/{named}[{version.label}]{secrets.token_hex(16)}"


def variables_of(
    account: Account, function: Function, version: FunctionVersion, home: Path, root: Path
) -> dict[str, str]:
    """The whole environment of a new worker of ``version``."""
    members = version.settings.members
    needed = {name: os.environ[name] for name in _FROM_THE_INTERPRETER if name in os.environ}
    return {
        **needed,
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **members.get("Environment", {}).get("Variables", {}),
        **_credentials(account, home),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.settings.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.label,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(members["MemorySize"]),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": version.settings.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream_name(account, function, version),
        "HOME": str(home),
        "LAMBDA_TASK_ROOT": str(root),
        "PYTHONIOENCODING": "utf-8",
        "TZ": ":UTC",
        "_HANDLER": str(members.get("Handler", "")),
    }


def _credentials(account: Account, home: Path) -> dict[str, str]:
    variables = {
        "AWS_ACCESS_KEY_ID": FUNCTION_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": FUNCTION_KEY.secret,
        "AWS_SESSION_TOKEN": FUNCTION_KEY.token or "",
        "AWS_REGION": account.region,
        "AWS_DEFAULT_REGION": account.region,
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if account.endpoint:
        variables["AWS_ENDPOINT_URL"] = account.endpoint
    return variables
