"""Whose account it is: believed from a file, and confirmed before anything is passed on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdactl.aws import Aws
from lambdactl.aws.caller import NAMES_THE_ACCOUNT, account_in
from lambdactl.aws.known_accounts import LONGEST_S, MOST, Known, KnownAccounts, key_of
from lambdactl.errors import CredentialsError
from lambdactl.model import Routing
from lambdactl.sandbox.open import Sandbox
from tests.aws.reaching import LIVE, grown, reach

STS = "sts:GetCallerIdentity"
OURS, OTHER = "000000000000", "123456789012"


class Runs:
    """One run of the program after another, with the same file."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self.sandbox = sandbox
        self.path = path
        self.open: list[Aws] = []

    def run(self, *, expects: str | None = None, access_key: str | None = None) -> Aws:
        keys = {"access_key": access_key} if access_key else {}
        aws = reach(self.sandbox, known_accounts=self.path, expects_account=expects, **keys)
        self.open.append(aws)
        return aws

    def asked(self) -> Counter[str]:
        return Counter(entry.action for entry in self.sandbox.door.journal if entry.caller)

    def falsify(self) -> None:
        """As if the credentials had led to another account before."""
        self.path.write_text(self.path.read_text().replace(OURS, OTHER))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    with grown(monkeypatch) as sandbox:
        made = Runs(sandbox, tmp_path / "cache" / "accounts.json")
        yield made
        for aws in made.open:
            aws.close()


def test_sts_is_asked_in_the_first_run_only(runs: Runs) -> None:
    first = runs.run().place()
    assert first.account_id == OURS
    second = runs.run()
    assert second.place() == first
    assert second.aliases(LIVE.function)
    assert second.versions_of(LIVE.function)
    assert runs.asked()[STS] == 1


def test_other_credentials_are_not_taken_for_those_that_are_known(runs: Runs) -> None:
    runs.run().place()
    with pytest.raises(CredentialsError):
        runs.run(access_key="AKIAANOTHERKEY000000").place()
    assert len(json.loads(runs.path.read_text())) == 1


def test_the_file_is_private_and_holds_no_key_and_no_name(runs: Runs) -> None:
    aws = runs.run()
    arn = aws.caller_arn()
    aws.place()
    text = runs.path.read_text()
    known = runs.sandbox.environment()
    for secret in (known["AWS_ACCESS_KEY_ID"], known["AWS_SECRET_ACCESS_KEY"], arn):
        assert secret not in text
    assert runs.path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in runs.path.parent.iterdir()] == [runs.path.name]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"x": 1}', '{"x": {"at": 1, "account_id": "12", "partition": "aws"}}'],
)
def test_a_damaged_file_is_as_good_as_none(runs: Runs, content: str) -> None:
    runs.path.parent.mkdir()
    runs.path.write_text(content)
    assert runs.run().place().account_id == OURS
    assert runs.run().place().account_id == OURS
    assert runs.asked()[STS] == 1


def test_what_is_remembered_is_not_believed_where_another_account_is_meant(runs: Runs) -> None:
    runs.run().place()
    assert runs.run(expects=OURS).place().account_id == OURS
    assert runs.asked()[STS] == 1
    assert runs.run(expects=OTHER).place().account_id == OURS
    assert runs.asked()[STS] == 2


def test_an_answer_of_another_account_is_not_passed_on(runs: Runs) -> None:
    runs.run().place()
    runs.falsify()
    aws = runs.run()
    assert aws.place().account_id == OTHER
    with pytest.raises(CredentialsError, match=f"account {OURS} answered, not {OTHER}"):
        aws.aliases(LIVE.function)
    assert runs.run().place().account_id == OURS


def test_what_names_no_account_is_not_asked_before_sts_was(runs: Runs) -> None:
    runs.run().place()
    aws = runs.run()
    aws.place()
    aws.storage()
    assert runs.asked()[STS] == 2
    runs.falsify()
    before = runs.asked()["lambda:GetAccountSettings"]
    wrong = runs.run()
    wrong.place()
    with pytest.raises(CredentialsError):
        wrong.storage()
    assert runs.asked()["lambda:GetAccountSettings"] == before


def test_an_answer_without_an_arn_is_confirmed_by_sts(runs: Runs) -> None:
    runs.run().place()
    runs.sandbox.client("lambda").delete_function(FunctionName=LIVE.function)
    aws = runs.run()
    aws.place()
    assert aws.functions() == ()
    assert runs.asked()[STS] == 2


def test_that_something_is_not_there_is_confirmed_too(runs: Runs) -> None:
    runs.run().place()
    runs.falsify()
    aws = runs.run()
    aws.place()
    with pytest.raises(CredentialsError, match=f"account {OURS} answered"):
        aws.aliases("no-such-function")


def test_a_write_is_preceded_by_sts_even_where_reads_have_told(runs: Runs) -> None:
    runs.run().place()
    aws = runs.run()
    aws.place()
    alias = aws.alias(LIVE)
    assert runs.asked()[STS] == 1
    aws.update_alias(LIVE, Routing(1), alias.revision_id)
    assert runs.asked()[STS] == 2
    runs.falsify()
    wrong = runs.run()
    wrong.place()
    with pytest.raises(CredentialsError):
        wrong.update_alias(LIVE, Routing(2), alias.revision_id)
    assert runs.asked()["lambda:UpdateAlias"] == 1


def test_who_is_calling_is_never_taken_from_the_file(runs: Runs) -> None:
    runs.run().place()
    aws = runs.run()
    aws.place()
    assert aws.caller_arn().startswith("arn:aws:")
    assert runs.asked()[STS] == 2


def test_the_calls_that_name_the_account_really_do(runs: Runs) -> None:
    aws, name = runs.run(), {"FunctionName": LIVE.function}
    for operation in NAMES_THE_ACCOUNT:
        more = {} if operation == "ListFunctions" else name
        more = {**more, "Name": "live"} if operation == "GetAlias" else more
        assert account_in(aws.call("lambda", operation, "", **more)) == OURS


def store(path: Path, at: float) -> KnownAccounts:
    return KnownAccounts(path, tell=lambda _: None, wall=lambda: at)


def test_entries_end_with_age_and_by_number(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    for n in range(MOST + 5):
        store(path, 1_000.0 + n).learn(key_of(f"AKIA{n}", None), Known(OURS, "aws"))
    now = store(path, 2_000.0)
    assert now.of(key_of("AKIA4", None)) is None
    assert now.of(key_of("AKIA5", None)) == Known(OURS, "aws")
    assert store(path, 1_005.0 + LONGEST_S).of(key_of("AKIA5", None)) is None
    assert store(path, 10.0).of(key_of("AKIA5", None)) is None
    assert key_of("AKIA5", None) != key_of("AKIA5", "http://127.0.0.1:4566")


def test_a_file_that_cannot_be_written_is_told_and_nothing_else(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "accounts.json"
    KnownAccounts(path, tell=told.append).learn("key", Known(OURS, "aws"))
    assert [line.rpartition(":")[0] for line in told] == [f"accounts are not remembered: {path}"]
    assert KnownAccounts(path, tell=told.append).of("key") is None
