"""What is asked again, and what is said of it.

A write is never repeated once its request may have arrived. Where no connection came about at all,
nothing was sent, and asking again is as safe as asking: so much and no more is done here. Reads are
repeated by botocore; when AWS has said that there are too many calls, that is passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
PAUSES_S = (0.3, 1.0)
"""Before the second and the third try of a write that was not sent."""


def unsent_again(
    ask: Callable[[], T], *, pause: Callable[[float], None], tell: Callable[[str], None]
) -> T:
    """``ask()``, again where there was no connection: refused, no route, no name, no handshake.

    A connection that broke, or an answer that did not come, is not among these.
    """
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

    for seconds in PAUSES_S:
        try:
            return ask()
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            tell(f"nothing was sent, asking again in {seconds:g} s: {error}")
            pause(seconds)
    return ask()


def throttle_code(response: tuple[Any, Any] | None) -> str | None:
    """The code with which AWS asked to slow down; None for any other answer."""
    from lambdactl.aws.mapping import THROTTLED

    if response is None:
        return None
    http, parsed = response
    code = str(parsed.get("Error", {}).get("Code", ""))
    return code if code in THROTTLED or http.status_code == 429 else None
