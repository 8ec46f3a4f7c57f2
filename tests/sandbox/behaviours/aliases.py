"""Section 1.2: aliases and weights."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.sandbox.behaviours import (
    CONFLICT,
    INVALID,
    MISSING,
    STALE,
    Place,
    refused,
    row,
    told,
)

LIVE = {"FunctionName": "f", "Name": "live"}


def routing(**shares: float) -> dict[str, dict[str, float]]:
    return {"AdditionalVersionWeights": {name[1:]: share for name, share in shares.items()}}


def update(p: Place, **params: Any) -> tuple[int, str, str]:
    return told(p.lambda_.update_alias, **LIVE, **params)


@row("1.2", "M", "An alias without weights has no RoutingConfig")
def no_weights_no_routing(p: Place) -> None:
    p.function()
    assert "RoutingConfig" not in p.alias()
    p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=0.1))
    assert p.alias()["RoutingConfig"] == routing(v2=0.1)


@row("1.2", "V", "More than one additional version: 400, with AWS's sentence")
def two_additional_versions(p: Place) -> None:
    p.function()
    sentence = "Number of items in AdditionalVersionWeights cannot be greater than 1"
    assert update(p, RoutingConfig=routing(v2=0.1, v3=0.1)) == (400, INVALID, sentence)


@row("1.2", "V", "A weight above 1: 400 ValidationException, and botocore lets it through")
def too_much_weight(p: Place) -> None:
    p.function()
    assert update(p, RoutingConfig=routing(v2=1.5))[:2] == (400, "ValidationException")


@row("1.2", "M", "A weight below 0 does not leave botocore")
def too_little_weight(p: Place) -> None:
    p.function()
    with pytest.raises(ParamValidationError):
        p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=-0.1))


@row("1.2", "V", "The same version on both sides: 400, with AWS's sentence")
def the_same_version_twice(p: Place) -> None:
    p.function()
    sentence = (
        "Invalid function version 1. Function version 1 is already included in routing "
        "configuration."
    )
    assert update(p, RoutingConfig=routing(v1=0.1)) == (400, INVALID, sentence)


@row("1.2", "V", "$LATEST cannot share an alias: 400, with AWS's sentence")
def latest_does_not_share(p: Place) -> None:
    p.function()
    sentence = "$LATEST is not supported for an alias pointing to more than 1 version"
    given = {"FunctionVersion": "$LATEST", "RoutingConfig": routing(v2=0.1)}
    assert update(p, **given) == (400, INVALID, sentence)


@row("1.2", "V", "$LATEST as the additional version: 400 ValidationException")
def latest_is_no_key(p: Place) -> None:
    p.function()
    given = {"AdditionalVersionWeights": {"$LATEST": 0.1}}
    assert update(p, RoutingConfig=given)[:2] == (400, "ValidationException")


@row("1.2", "V", "A version that is not there: 404 on either side")
def absent_versions(p: Place) -> None:
    p.function()
    for given in ({"FunctionVersion": "10"}, {"RoutingConfig": routing(v10=0.1)}):
        status, code, message = update(p, **given)
        assert (status, code) == (404, MISSING)
        assert message.startswith("Function not found: ")
        assert message.endswith(":10")


@row("1.2", "V", "An alias without weights may point at $LATEST")
def latest_alone(p: Place) -> None:
    p.function()
    p.lambda_.update_alias(**LIVE, FunctionVersion="$LATEST")
    assert p.alias()["FunctionVersion"] == "$LATEST"


@row("1.2", "D", "Two versions with different roles cannot share an alias: 400")
def roles_must_be_the_same(p: Place) -> None:
    p.function()
    p.change(Role=p.other_role)
    p.lambda_.publish_version(FunctionName="f")
    assert update(p, RoutingConfig=routing(v4=0.1))[:2] == (400, INVALID)


@row("1.2", "D", "Two versions with different dead letter queues cannot share an alias: 400")
def dead_letters_must_be_the_same(p: Place) -> None:
    p.function()
    p.change(DeadLetterConfig={"TargetArn": p.account.arn("sqs", "q")})
    p.lambda_.publish_version(FunctionName="f")
    assert update(p, RoutingConfig=routing(v4=0.1))[:2] == (400, INVALID)


@row("1.2", "M", "The name of an alias is no number")
def numbers_are_no_names(p: Place) -> None:
    p.function()
    call = p.lambda_.create_alias
    assert refused(call, FunctionName="f", Name="7", FunctionVersion="1")[0] == 400


@row("1.2", "V", "UpdateAlias is a patch: what is left out stays")
def updates_are_patches(p: Place) -> None:
    p.function()
    p.lambda_.update_alias(**LIVE, Description="d", RoutingConfig=routing(v2=0.1))
    p.lambda_.update_alias(**LIVE, FunctionVersion="3")
    found = p.alias()
    told_ = (found["FunctionVersion"], found["RoutingConfig"], found["Description"])
    assert told_ == ("3", routing(v2=0.1), "d")


@row("1.2", "V", "FunctionVersion alone, set to the additional version: 400")
def a_patch_may_not_fit(p: Place) -> None:
    p.function()
    p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=0.1))
    assert update(p, FunctionVersion="2")[:2] == (400, INVALID)


@row("1.2", "V", "An empty RoutingConfig, or one with an empty map, clears the weights")
def weights_are_cleared(p: Place) -> None:
    p.function()
    empties: tuple[dict[str, Any], ...] = ({}, {"AdditionalVersionWeights": {}})
    for empty in empties:
        p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=0.1))
        p.lambda_.update_alias(**LIVE, RoutingConfig=empty)
        assert "RoutingConfig" not in p.alias()


@row("1.2", "V", "An old RevisionId: 412, with AWS's sentence, and nothing is done")
def an_old_revision_is_refused(p: Place) -> None:
    p.function()
    before = p.alias()
    p.lambda_.update_alias(**LIVE, Description="somebody else")
    status, code, message = update(p, FunctionVersion="2", RevisionId=before["RevisionId"])
    assert (status, code) == (412, STALE)
    assert message.startswith("The Revision Id provided does not match the latest Revision Id.")
    assert p.alias()["FunctionVersion"] == "1"


@row("1.2", "V", "RevisionId rotates on every UpdateAlias, even one that changes nothing")
def every_write_rotates(p: Place) -> None:
    p.function()
    before = p.alias()["RevisionId"]
    p.lambda_.update_alias(**LIVE)
    assert p.alias()["RevisionId"] != before


@row("1.2", "V", "Creating an alias leaves the RevisionIds of $LATEST and of the version")
def creating_rotates_nothing(p: Place) -> None:
    p.function()

    def revisions() -> list[str]:
        shown = [p.lambda_.get_function_configuration(FunctionName=f"f{q}") for q in ("", ":1")]
        return [each["RevisionId"] for each in shown]

    before = revisions()
    p.lambda_.create_alias(FunctionName="f", Name="beta", FunctionVersion="1")
    assert revisions() == before


@row("1.2", "V", "An absent alias: 404, in other words for update and for get")
def absent_aliases(p: Place) -> None:
    p.function()
    absent = {"FunctionName": "f", "Name": "none"}
    status, code, message = told(p.lambda_.update_alias, **absent)
    assert (status, code, message[:15]) == (404, MISSING, "Alias not found")
    status, code, message = told(p.lambda_.get_alias, **absent)
    assert (status, code, message[:21]) == (404, MISSING, "Cannot find alias arn")


@row("1.2", "V", "An alias that is there is not created again: 409")
def a_name_is_taken_once(p: Place) -> None:
    p.function()
    assert refused(p.lambda_.create_alias, **LIVE, FunctionVersion="1") == (409, CONFLICT)


@row("1.2", "M", "Deleting an alias that is not there is 204")
def deleting_nothing(p: Place) -> None:
    p.function()
    answer = p.lambda_.delete_alias(FunctionName="f", Name="none")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


@row("1.2", "I", "Provisioned concurrency of a weighted alias cannot be managed: 400")
def weighted_aliases_are_not_provisioned(p: Place) -> None:
    p.function()
    p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=0.1))
    call = p.lambda_.put_provisioned_concurrency_config
    given = {"FunctionName": "f", "Qualifier": "live", "ProvisionedConcurrentExecutions": 1}
    assert refused(call, **given) == (400, INVALID)


@row("1.2", "D", "The share of the additional version is its weight; the rest is FunctionVersion's")
def the_weight_is_the_canary_s(p: Place) -> None:
    p.function()
    p.account.services["lambda"].invocations.seed(1)
    p.lambda_.update_alias(**LIVE, RoutingConfig=routing(v2=1.0))
    answers = [p.lambda_.invoke(FunctionName="f", Qualifier="live") for _ in range(3)]
    assert {each["ExecutedVersion"] for each in answers} == {"2"}
