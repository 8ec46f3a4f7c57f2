"""Where a choice made in the console leads: like the flag, and to nowhere by mistake."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdactl.cli import going, state
from lambdactl.cli.console import Way, connection
from lambdactl.cli.options import Asked, Run, asked
from lambdactl.cli.state import config_file
from lambdactl.cli.target import Wanted, wanted
from lambdactl.errors import LoginExpired, UsageError
from lambdactl.model import Place
from lambdactl.tui import Choice, SessionLog
from tests.cli.shop import Shop

FILE = """\
[contexts.prod]
profile = "ops"
region = "eu-west-1"
function = "checkout:live"
account_id = "123456789012"
env = "prod"
theme = "light"

[contexts.dev]
profile = "dev"
"""


@pytest.fixture(autouse=True)
def mine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text(FILE, encoding="utf-8")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def running() -> Iterator[state.SandboxState]:
    """A port that something listens on, written down as the sandbox."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
    found = state.SandboxState(endpoint, "us-east-1", "000000000000", "a", "b", os.getpid(), 30.0)
    state.remember_sandbox(found)
    yield found
    listening.close()


def started(**words: object) -> tuple[Asked, Wanted]:
    said = asked(Run(), words)
    return said, wanted(said)


def led(choice: Choice, **words: object) -> Wanted:
    return going.elsewhere(*started(**words), choice)[1]


def deployed(**changes: object) -> None:
    said = {
        "function": "billing",
        "alias": "live",
        "stack": "billing",
        "template": None,
        "region": "eu-north-1",
        "account_id": "999999999999",
        "context": None,
        "profile": "deployer",
        "endpoint": None,
        "deployed": "2026-11-23T14:00:00Z",
    }
    state.remember(state.Current(**{**said, **changes}))  # type: ignore[arg-type]


def test_a_context_says_everything_itself() -> None:
    found = led(Choice(context="prod"), profile="me", region="us-east-1", function="other:x")
    assert (found.profile, found.get("region")) == ("ops", "eu-west-1")
    assert (found.get("function"), found.get("account_id")) == ("checkout", "123456789012")
    assert found.production and found.flags == "--context prod"


def test_a_profile_outranks_the_environment_and_the_context_but_keeps_its_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "from-env")
    found = led(Choice(context="prod", profile="other"))
    assert found.profile == "other"
    assert found.get("account_id") == "123456789012" and found.production
    assert found.flags == "--context prod --profile other"
    assert led(Choice(profile="other")).flags == "--profile other"


def test_a_region_keeps_context_and_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    found = led(Choice(region="eu-south-1"), context="prod", profile="other")
    assert (found.get("region"), found.profile) == ("eu-south-1", "other")
    assert found.flags == "--context prod --profile other --region eu-south-1"


def test_what_the_console_was_started_with_is_left_out_of_another_context_only() -> None:
    url = "http://127.0.0.1:1"
    assert led(Choice(context="dev"), endpoint_url=url).get("endpoint_url") is None
    assert led(Choice(region="eu-west-1"), endpoint_url=url).get("endpoint_url") == url


def test_an_alias_alone_still_says_which_aliases_of_a_fleet_are_meant() -> None:
    said, meant = started(alias="live")
    assert going.elsewhere(said, meant, Choice(region="eu-west-1"))[0].alias == "live"
    said, meant = started(function="checkout:live")
    assert going.elsewhere(said, meant, Choice(region="eu-west-1"))[0].alias is None


def test_production_is_read_only_again_and_read_only_stays() -> None:
    def read_only(choice: Choice, **words: object) -> str | None:
        return connection(*going.elsewhere(*started(**words), choice)).read_only

    told = read_only(Choice(context="prod"), read_only=False)
    assert told is not None and told.endswith("lambdactl --context prod tui --write changes it")
    assert read_only(Choice(context="dev"), read_only=False) is None
    assert read_only(Choice(context="dev"), read_only=True) is not None


def test_what_was_deployed_last_lends_its_profile_and_no_longer_pins_its_account() -> None:
    deployed()
    said, meant = started()
    assert meant.get("account_id") == "999999999999"
    found = going.elsewhere(said, meant, Choice(region="eu-west-1"))[1]
    assert (found.profile, found.get("region")) == ("deployer", "eu-west-1")
    found = going.elsewhere(said, meant, Choice(profile="other"))[1]
    assert found.profile == "other" and found.get("account_id") is None


def test_a_profile_leaves_the_sandbox_and_a_region_does_not(running: state.SandboxState) -> None:
    deployed(context="sandbox", region="us-east-1", account_id="000000000000", profile=None)
    said, meant = started()
    assert meant.in_sandbox
    found = going.elsewhere(said, meant, Choice(profile="ops"))[1]
    assert not found.in_sandbox and found.flags == "--context aws --profile ops"
    assert found.credentials is None and found.get("endpoint_url") is None
    with pytest.raises(UsageError, match="the sandbox is in us-east-1 only"):
        going.elsewhere(said, meant, Choice(region="eu-west-1"))
    assert going.elsewhere(said, meant, Choice(region="us-east-1"))[1].in_sandbox
    back = going.elsewhere(said, meant, Choice(context="sandbox"))[1]
    assert back.in_sandbox and back.credentials == ("a", "b")


def test_no_credentials_go_to_the_sandbox_because_a_variable_leads_there(
    running: state.SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
    for choice in (Choice(profile="ops"), Choice(context="prod")):
        with pytest.raises(UsageError, match="AWS_ENDPOINT_URL leads to the sandbox") as raised:
            led(choice)
        assert raised.value.hint == "unset AWS_ENDPOINT_URL, and open the console again"


def test_a_sandbox_that_does_not_run_and_a_context_there_is_not() -> None:
    with pytest.raises(UsageError, match="the sandbox is not running"):
        led(Choice(context="sandbox"))
    with pytest.raises(UsageError, match="there is no context nowhere"):
        led(Choice(context="nowhere"))


def test_what_there_is_to_choose_is_read_from_files_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws = tmp_path / "aws"
    aws.write_text(
        "[default]\nregion = eu-west-1\n[profile ops]\nsso_session = corp\n"
        "[sso-session corp]\nsso_start_url = https://corp\n"
        "[profile dev]\nrole_arn = arn:aws:iam::1:role/dev\n"
    )
    keys = tmp_path / "keys"
    keys.write_text("[ci]\naws_access_key_id = a\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(aws))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    assert [(s.name, s.about, s.origin) for s in going.profiles()] == [
        ("ci", "keys", str(keys)),
        ("default", "eu-west-1", str(aws)),
        ("dev", "role dev", str(aws)),
        ("ops", "SSO", str(aws)),
    ]
    regions = {s.name: s for s in going.regions()}
    assert regions["eu-west-1"].about == "Europe (Ireland)"
    assert regions["cn-north-1"].origin == "aws-cn"
    assert [s.name for s in going.contexts()] == ["aws", "sandbox", "prod", "dev"]
    assert going.contexts()[2].origin.endswith("config.toml")
    assert going.sandbox() is None
    aws.write_text("[profile ops\n")
    with pytest.raises(UsageError, match="AWS configuration cannot be used"):
        going.profiles()


def test_a_login_that_was_renewed_elsewhere_is_picked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Shop] = []

    def shop(_meant: Wanted) -> Shop:
        made.append(Shop())
        if len(made) == 1:
            made[0].place = expired  # type: ignore[method-assign]
        return made[-1]

    def expired() -> Place:
        raise LoginExpired("the credentials have expired")

    monkeypatch.setattr("lambdactl.cli.session.connected", shop)
    log = SessionLog()
    said, meant = started(profile="ops")
    way = Way(said, meant, log)
    with pytest.raises(LoginExpired):
        way.session()
    assert [str(met.error) for met in log.errors] == ["the credentials have expired"]
    assert way.session().place.account_id and len(made) == 2
    assert made[1].tally is made[0].tally
    assert way.session() is way.session() and len(made) == 2


@pytest.mark.parametrize("keys", [True, False])
def test_credentials_of_the_shell_cannot_be_renewed_from_here(
    monkeypatch: pytest.MonkeyPatch, keys: bool
) -> None:
    if keys:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setattr("lambdactl.cli.session.connected", lambda _: Shop())
    said, meant = started()
    way = Way(said, meant, SessionLog())
    error = LoginExpired("the credentials have expired", hint="aws sso login")
    way.aws.on_error(error)  # type: ignore[misc]
    told = "set new AWS variables in this shell (AWS_ACCESS_KEY_ID is set), and start again"
    assert error.hint == (told if keys else "aws sso login")
