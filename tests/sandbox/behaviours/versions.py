"""Section 1.1: versions."""

from __future__ import annotations

from tests.sandbox.behaviours import CONFLICT, INVALID, MISSING, STALE, Place, refused, row, told

F = {"FunctionName": "f"}


@row("1.1", "V", "PublishVersion where nothing changed returns the same version")
def publish_is_idempotent(p: Place) -> None:
    p.function()
    again = p.lambda_.publish_version(FunctionName="f", Description="another")
    assert (again["Version"], again["ResponseMetadata"]["HTTPStatusCode"]) == ("3", 201)


@row("1.1", "M", "PublishVersion with another CodeSha256 is refused: 400")
def publish_guards_the_code(p: Place) -> None:
    p.function()
    assert refused(p.lambda_.publish_version, **F, CodeSha256="x") == (400, INVALID)


@row("1.1", "M", "PublishVersion with an old RevisionId is refused: 412")
def publish_guards_the_revision(p: Place) -> None:
    p.function()
    assert refused(p.lambda_.publish_version, **F, RevisionId="x") == (412, STALE)


@row("1.1", "V", "PublishVersion changes the RevisionId of $LATEST")
def publish_rotates_latest(p: Place) -> None:
    p.function()
    p.change(Description="new")
    before = p.lambda_.get_function_configuration(**F)["RevisionId"]
    p.lambda_.publish_version(**F)
    assert p.lambda_.get_function_configuration(**F)["RevisionId"] != before


@row("1.1", "V", "A version that becomes Active keeps its RevisionId")
def activation_keeps_the_revision(p: Place) -> None:
    p.function()
    p.change(Description="new")
    made = p.lambda_.publish_version(**F)
    assert made["State"] == "Pending"
    p.clock.advance(60.0)
    found = p.lambda_.get_function_configuration(**F, Qualifier=made["Version"])
    assert (found["State"], found["RevisionId"]) == ("Active", made["RevisionId"])


@row("1.1", "V", "A published version cannot be changed: 400")
def versions_are_immutable(p: Place) -> None:
    p.function()
    call = p.lambda_.update_function_configuration
    assert refused(call, FunctionName="f:1", Timeout=9) == (400, INVALID)


@row("1.1", "V", "$LATEST cannot be deleted: 400, with AWS's sentence")
def latest_stays(p: Place) -> None:
    p.function()
    message = "$LATEST version cannot be deleted without deleting the function."
    expected = (400, INVALID, message)
    assert told(p.lambda_.delete_function, **F, Qualifier="$LATEST") == expected


@row("1.1", "C", "A version's number is never used again")
def numbers_are_not_reused(p: Place) -> None:
    p.function()
    p.lambda_.delete_function(**F, Qualifier="3")
    assert p.publish() == "4"


@row("1.1", "V", "Versions and aliases take no tags: 400")
def versions_have_no_tags(p: Place) -> None:
    p.function()
    for qualifier in ("1", "live"):
        arn = p.account.arn("lambda", f"function:f:{qualifier}")
        assert refused(p.lambda_.tag_resource, Resource=arn, Tags={"a": "b"})[0] == 400


@row("1.1", "M", "LastModified is each version's own, ISO 8601 with +0000")
def last_modified_is_per_version(p: Place) -> None:
    p.function()
    times = [
        p.lambda_.get_function_configuration(**F, Qualifier=n)["LastModified"] for n in ("1", "2")
    ]
    assert times[0] < times[1]
    assert all(time.endswith("+0000") for time in times)


@row("1.1", "M", "The lists show no State, LastUpdateStatus or RuntimeVersionConfig")
def lists_are_a_subset(p: Place) -> None:
    p.function()
    listed = p.lambda_.list_versions_by_function(**F)["Versions"]
    listed += p.lambda_.list_functions()["Functions"]
    absent = {"State", "LastUpdateStatus", "RuntimeVersionConfig"}
    assert not any(absent & each.keys() for each in listed)
    assert absent <= p.lambda_.get_function(**F)["Configuration"].keys()


@row("1.1", "M", "Timeout up to 5400 s and memory up to 32768 MB are taken")
def limits_are_those_of_the_model(p: Place) -> None:
    p.function(versions=0, Timeout=5400, MemorySize=32768)
    assert p.lambda_.get_function_configuration(**F)["Timeout"] == 5400
    assert refused(p.lambda_.update_function_configuration, **F, Timeout=5401)[0] == 400


@row("1.1", "V", "A function that is there is not created again: 409")
def a_name_is_taken_once(p: Place) -> None:
    p.function()
    code = {"ImageUri": "image"}
    call = p.lambda_.create_function
    assert refused(call, **F, Role=p.role, Code=code) == (409, CONFLICT)


@row("1.1", "V", "A version that is not there: 404")
def absent_version(p: Place) -> None:
    p.function()
    assert refused(p.lambda_.get_function, **F, Qualifier="9") == (404, MISSING)


@row("1.7", "M", "A configuration has a hash: equal where only code differs")
def config_sha_tells_configurations_apart(p: Place) -> None:
    p.function(versions=1)
    p.change(Timeout=9)
    p.lambda_.publish_version(**F)
    shas = [
        p.lambda_.get_function_configuration(**F, Qualifier=n)["ConfigSha256"] for n in ("1", "2")
    ]
    assert shas[0] != shas[1]


@row("1.8", "M", "A function's error is 200 with FunctionError; an asynchronous call is 202")
def errors_are_answers(p: Place) -> None:
    p.function(versions=0, Handler="app.missing")
    answer = p.lambda_.invoke(**F)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert p.lambda_.invoke(**F, InvocationType="Event")["StatusCode"] == 202
    p.clock.advance(1.0)


@row("1.2", "M", "Invoke says which version answered")
def invoke_tells_the_version(p: Place) -> None:
    p.function()
    answer = p.lambda_.invoke(**F, Qualifier="live")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert (answer["ExecutedVersion"], headers["x-amz-executed-version"]) == ("1", "1")
