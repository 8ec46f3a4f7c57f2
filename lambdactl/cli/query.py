"""``--query``: JMESPath over the document that ``-o json`` prints, as with the AWS CLI.

It is read before anything is asked of AWS, so that a slip of the pen costs nothing.
"""

from __future__ import annotations

from typing import Any

from lambdactl.errors import UsageError


def compiled(expression: str) -> Any:
    """Raises UsageError, with where the expression stops making sense."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        raise UsageError(
            f"--query {expression!r} is not JMESPath",
            why=" ".join(str(error).split()),
            hint="--query 'data[].version'   of what -o json prints",
        ) from error


def answered(expression: Any, document: object) -> object:
    """What the expression finds in the document; None where it finds nothing."""
    from jmespath.exceptions import JMESPathError

    try:
        return expression.search(document)
    except JMESPathError as error:
        raise UsageError(
            "--query cannot be answered for this document", why=" ".join(str(error).split())
        ) from error
