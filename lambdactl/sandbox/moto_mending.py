"""What moto answers and AWS does not, put right on its way out.

Every answer of moto is held to botocore's shapes while the tests run; what fails there has its row
here, and a test, instead of an exception from the rule.
"""

from __future__ import annotations

from lambdactl.sandbox.wire import Destination, Response

_WITHOUT_CONTENT = frozenset({("s3", "PutBucketPolicy")})
"""Answered by moto with the text of the request; S3 says 204, and nothing."""


def mended(answer: Response, place: Destination) -> Response:
    """``answer`` as AWS would give it; errors are left as they are."""
    if answer.status < 300 and (place.service, place.operation) in _WITHOUT_CONTENT:
        return Response(204, answer.headers)
    return answer
