"""The AWS CLI, unmodified: stacks, whose waiters look every thirty seconds."""

from __future__ import annotations

import json
from typing import Any

from tests_clients.conftest import CODE, Client, answer

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: python3.13
      AutoPublishAlias: live
Outputs:
  Name: {Value: !Ref Fn}
  Version: {Value: !GetAtt Fn.Version.Version}
"""


def test_a_stack_packaged_deployed_changed_and_deleted(aws: Client) -> None:
    source = aws.place / "code"
    source.mkdir()
    (aws.place / "template.yml").write_text(TEMPLATE)
    aws("s3", "mb", "s3://artefacts")
    for says, version in (("red", "1"), ("blue", "2")):
        (source / "index.py").write_text(CODE.format(says=says))
        assert cloudformation_deploy(aws).code == 0, why(aws)
        stack = aws.ok("cloudformation", "describe-stacks", "--stack-name", "web")["Stacks"][0]
        outputs = {out["OutputKey"]: out["OutputValue"] for out in stack["Outputs"]}
        assert outputs["Version"] == version
        assert answer(aws, outputs["Name"], "live") == {"says": says, "is": version}
    nothing = cloudformation_deploy(aws)
    assert nothing.code == 255
    assert "No changes to deploy. Stack web is up to date" in nothing.err
    aws.ok("cloudformation", "delete-stack", "--stack-name", "web")
    aws.ok("cloudformation", "wait", "stack-delete-complete", "--stack-name", "web")
    gone = aws.refused("cloudformation", "describe-stacks", "--stack-name", "web")
    assert gone.endswith("Stack with id web does not exist")


def cloudformation_deploy(aws: Client) -> Any:
    packaged = ("--s3-bucket", "artefacts", "--output-template-file", "packaged.yml")
    assert aws("cloudformation", "package", "--template-file", "template.yml", *packaged).code == 0
    return aws(
        "cloudformation", "deploy", "--template-file", "packaged.yml", "--stack-name", "web",
        "--capabilities", "CAPABILITY_IAM",
    )  # fmt: skip


def why(aws: Client) -> str:
    """What the stack went through, and the last reasons first."""
    told = aws("cloudformation", "describe-stack-events", "--stack-name", "web", "--output", "text")
    return told.out or told.err


def test_a_template_is_read_before_anything_is_made(aws: Client) -> None:
    path = aws.place / "bad.json"
    path.write_text(json.dumps({"Resources": {"X": {"Type": "AWS::No::Such"}}}))
    body = ("--template-body", f"file://{path}")
    said = aws.refused("cloudformation", "create-stack", "--stack-name", "bad", *body)
    assert "(ValidationError)" in said
    assert "AWS::No::Such" in said
