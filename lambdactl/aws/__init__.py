"""The only door to AWS: reads give a Snapshot, one method per mutation, and ClientError stops here.

AWS's shapes, pages, shares and error codes stay behind it. It never learns whether the endpoint it
talks to is AWS's own.
"""

from lambdactl.aws.session import Aws, connect

__all__ = ["Aws", "connect"]
