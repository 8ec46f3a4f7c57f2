"""The page of AWS's own console that shows a thing: its address, by partition and region."""

from __future__ import annotations

from urllib.parse import quote

from lambdactl.model import Place, Target

HOSTS = {
    "aws": "{region}.console.aws.amazon.com",
    "aws-cn": "{region}.console.amazonaws.cn",
    "aws-us-gov": "{region}.console.amazonaws-us-gov.com",
    "aws-eusc": "{region}.console.amazonaws-eusc.eu",
}
"""The console's own hosts. Source: docs.aws.amazon.com/awsconsolehelpdocs, and for the other
partitions the guides of AWS in China, of GovCloud and of the European Sovereign Cloud."""


def lambda_page(place: Place, target: Target | None = None) -> str | None:
    """Of an alias, or of all functions; None where the place is not AWS or has no known console."""
    host = HOSTS.get(place.partition)
    if host is None or place.endpoint is not None:
        return None
    root = f"https://{host.format(region=place.region)}/lambda/home?region={place.region}#"
    if target is None:
        return f"{root}/functions"
    alias = f"/aliases/{quote(target.alias, safe='')}" if target.alias else ""
    return f"{root}/functions/{quote(target.function, safe='')}{alias}"


def deployment_page(place: Place, deployment_id: str) -> str | None:
    """Of one deployment of CodeDeploy."""
    host = HOSTS.get(place.partition)
    if host is None or place.endpoint is not None:
        return None
    where = f"codesuite/codedeploy/deployments/{quote(deployment_id, safe='')}"
    return f"https://{host.format(region=place.region)}/{where}?region={place.region}"
