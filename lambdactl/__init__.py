"""lambdactl: the operator's console for AWS Lambda rollouts.

Rooms, each importing only those to its right:
``cli -> tui -> render -> ops -> plan | verdict | aws -> model -> errors``.
``sandbox`` stands apart: an AWS account on localhost, reached over HTTP only.
"""

__version__ = "0.1.0"
