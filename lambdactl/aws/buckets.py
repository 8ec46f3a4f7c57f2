"""The bucket that artefacts go to: found, or made after a question, and always this account's own.

Bucket names are global, and this one can be guessed, so every request says which account must own
the bucket: code never goes to a bucket that somebody else made under that name.
"""

from __future__ import annotations

from typing import Any

from lambdactl.aws.door import Door
from lambdactl.errors import NotConfirmed, NotFound, PermissionDenied, Refused, UsageError
from lambdactl.model import Place

PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED: dict[str, Any] = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}
TAGS = {"TagSet": [{"Key": "lambdactl", "Value": "artifacts"}]}


def bucket_name(place: Place) -> str:
    return f"lambdactl-artifacts-{place.account_id}-{place.region}"


def bucket_exists(door: Door, place: Place, name: str) -> bool:
    """Whether ``name`` is this account's, in this region. Refused where it is somebody else's."""
    try:
        answer = door.call(
            "s3",
            "HeadBucket",
            f"bucket {name}",
            Bucket=name,
            ExpectedBucketOwner=place.account_id,
        )
    except NotFound:
        return False
    except PermissionDenied as error:
        raise not_ours(name, place) from error
    region = answer.get("BucketRegion")
    if region not in (None, place.region):
        raise UsageError(
            f"bucket {name} is in {region}, and the stack is in {place.region}",
            why="Lambda takes code only from a bucket of its own region",
            hint=f"name a bucket in {place.region} with --bucket, or leave --bucket out",
        )
    return True


def not_ours(name: str, place: Place) -> Refused:
    return Refused(
        f"bucket {name} may not be used from account {place.account_id}",
        why="it belongs to another account, or s3:ListBucket is missing",
        hint="name a bucket of this account: lambdactl deploy --bucket NAME",
    )


def not_made(name: str) -> NotConfirmed:
    return NotConfirmed(
        f"bucket {name} was not made; nothing was changed",
        hint="name a bucket that you have: lambdactl deploy --bucket NAME",
    )


def missing_bucket(name: str, place: Place) -> NotFound:
    return NotFound(
        f"there is no bucket {name} in account {place.account_id}",
        hint=f"leave --bucket out, and lambdactl makes {bucket_name(place)} after asking",
    )


def make_bucket(door: Door, place: Place, name: str) -> None:
    """A bucket of this account in this region: private, encrypted, tagged."""
    about = f"bucket {name}"
    where: dict[str, Any] = {}
    # us-east-1 is S3's own default, and the one region that it does not take by name.
    if place.region != "us-east-1":
        where = {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    try:
        door.write("s3", "CreateBucket", about, Bucket=name, **where)
    except Refused as error:
        if error.aws_code == "BucketAlreadyExists":
            raise not_ours(name, place) from error
        raise
    ours = {"Bucket": name, "ExpectedBucketOwner": place.account_id}
    door.write("s3", "PutPublicAccessBlock", about, **ours, PublicAccessBlockConfiguration=PRIVATE)
    door.write(
        "s3", "PutBucketEncryption", about, **ours, ServerSideEncryptionConfiguration=ENCRYPTED
    )
    door.write("s3", "PutBucketTagging", about, **ours, Tagging=TAGS)


def url_of(place: Place, bucket: str, key: str) -> str:
    """The address by which CloudFormation finds an object; path style, for dots in bucket names."""
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    return f"https://s3.{place.region}.{suffix}/{bucket}/{key}"
