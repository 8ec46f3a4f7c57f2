"""Local code on its way to the bucket: found, refused where it needs a build, zipped, sent once."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambdactl.aws import artifacts, buckets
from lambdactl.aws.artifacts import Artifact, artifacts_of, content_of, store
from lambdactl.aws.builds import refuse_unbuilt
from lambdactl.aws.sources import Source, local_sources, relocated
from lambdactl.aws.templates import Template, read_template
from lambdactl.errors import NotConfirmed, Refused, UsageError
from lambdactl.model import Place
from tests.aws.stubs import ACCOUNT, Script, denied

PLACE = Place(ACCOUNT, "eu-west-1")
FUNCTION = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: app/}}}"


def project(tmp_path: Path, template: str = FUNCTION, **files: str) -> Template:
    """A template and, beside it, ``app/`` with the given files (``main_py`` is ``main.py``)."""
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "template.yml").write_text(template)
    for name, content in {"main_py": "x = 1\n", **files}.items():
        path = tmp_path / "app" / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return read_template(tmp_path / "template.yml")


def only(template: Template) -> Artifact:
    (artifact,) = artifacts_of(local_sources(template))
    return artifact


def names_in(artifact: Artifact) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content_of(artifact))).namelist()


class TestSources:
    @pytest.mark.parametrize(
        ("resource", "moved"),
        [
            ("AWS::Serverless::Function, Properties: {CodeUri: app}", "s3://b/k"),
            ("AWS::Serverless::LayerVersion, Properties: {ContentUri: app}", "s3://b/k"),
            ("AWS::Lambda::Function, Properties: {Code: app}", {"S3Bucket": "b", "S3Key": "k"}),
            (
                "AWS::Lambda::LayerVersion, Properties: {Content: app}",
                {"S3Bucket": "b", "S3Key": "k"},
            ),
            ("AWS::Serverless::HttpApi, Properties: {DefinitionUri: app/main.py}", "s3://b/k"),
            (
                "AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: app/main.py}",
                {"Bucket": "b", "Key": "k"},
            ),
        ],
    )
    def test_a_local_path_becomes_a_place_in_the_bucket(
        self, tmp_path: Path, resource: str, moved: Any
    ) -> None:
        template = project(tmp_path, f"Resources: {{F: {{Type: {resource}}}}}")
        sources = local_sources(template)
        body = relocated(template, {s.path: ("b", "k") for s in sources}, sources)
        (value,) = body["Resources"]["F"]["Properties"].values()
        assert value == moved
        assert template.resources["F"]["Properties"] != body["Resources"]["F"]["Properties"]

    @pytest.mark.parametrize(
        "code", ["s3://b/k", "{Bucket: b, Key: k}", "!Ref Code", "https://x/y.zip"]
    )
    def test_what_is_elsewhere_already_stays(self, tmp_path: Path, code: str) -> None:
        template = project(tmp_path, FUNCTION.replace("app/", code))
        assert local_sources(template) == ()

    def test_globals_give_code_to_every_function(self, tmp_path: Path) -> None:
        template = project(
            tmp_path,
            "Globals: {Function: {CodeUri: app}}\n"
            "Resources: {F: {Type: AWS::Serverless::Function}}",
        )
        (source,) = local_sources(template)
        body = relocated(template, {source.path: ("b", "k")}, (source,))
        assert body["Globals"]["Function"]["CodeUri"] == "s3://b/k"

    def test_a_folder_shared_by_two_functions_is_one_artifact(self, tmp_path: Path) -> None:
        template = project(
            tmp_path,
            "Resources:\n"
            "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: app/}}\n"
            "  G: {Type: AWS::Serverless::Function, Properties: {CodeUri: ./app}}\n",
        )
        assert len(local_sources(template)) == 2
        assert len(artifacts_of(local_sources(template))) == 1

    def test_a_path_that_leads_nowhere_is_said_with_its_resource(self, tmp_path: Path) -> None:
        template = project(tmp_path, FUNCTION.replace("app/", "src/"))
        with pytest.raises(UsageError, match="CodeUri of F names src/, which does not exist"):
            local_sources(template)

    def test_a_function_without_code_is_refused(self, tmp_path: Path) -> None:
        template = project(tmp_path, "Resources: {F: {Type: AWS::Serverless::Function}}")
        with pytest.raises(UsageError, match="the function F names no code"):
            local_sources(template)

    @pytest.mark.parametrize(
        "resource",
        [
            "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: other.yml}}",
            "{Type: AWS::Serverless::Application, Properties: {Location: other.yml}}",
            "{Type: T, Properties: {'Fn::Transform': {Name: AWS::Include,"
            " Parameters: {Location: part.yml}}}}",
        ],
    )
    def test_nested_files_are_refused_with_what_to_type(
        self, tmp_path: Path, resource: str
    ) -> None:
        template = project(tmp_path, f"Resources: {{N: {resource}}}")
        with pytest.raises(Refused) as caught:
            local_sources(template)
        assert "sam package" in (caught.value.hint or "")


class TestBuilds:
    def refused(self, template: Template) -> Refused:
        with pytest.raises(Refused) as caught:
            refuse_unbuilt(template, local_sources(template))
        return caught.value

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            (
                {"requirements_txt": "# ours\nrequests==2\nrich\n"},
                "asks for requests==2 and 1 more",
            ),
            ({"requirements_txt": "-r other.txt"}, "asks for -r other.txt"),
            ({"pyproject_toml": "[project]\ndependencies=['rich']"}, "asks for rich"),
            ({"package_json": '{"dependencies": {"left-pad": "1"}}'}, "asks for left-pad"),
            ({"Gemfile": "gem 'rack'\n"}, "asks for gem 'rack'"),
            ({"go_mod": "module x"}, "must be compiled"),
            ({"pom_xml": "<project/>"}, "must be compiled"),
        ],
    )
    def test_a_manifest_with_entries_needs_a_build(
        self, tmp_path: Path, files: dict[str, str], why: str
    ) -> None:
        template = project(tmp_path, **files)
        error = self.refused(template)
        assert str(error) == "F needs a build before it can be deployed"
        assert why in (error.why or "")
        assert error.hint == (
            f"sam build --template {template.path}, then "
            "lambdactl deploy --template .aws-sam/build/template.yaml"
        )

    @pytest.mark.parametrize(
        "files",
        [
            {},
            {"requirements_txt": "# nothing but a remark\n\n"},
            {"package_json": '{"type": "module"}'},
            {"pyproject_toml": "[tool.ruff]\n"},
        ],
    )
    def test_a_manifest_without_entries_needs_none(
        self, tmp_path: Path, files: dict[str, str]
    ) -> None:
        template = project(tmp_path, **files)
        refuse_unbuilt(template, local_sources(template))

    @pytest.mark.parametrize(
        ("runtime", "why"),
        [
            ("java21", "holds none"),
            ("dotnet8", "holds none"),
            ("provided.al2023", "runs bootstrap"),
            ("nodejs22.x", "holds TypeScript"),
        ],
    )
    def test_sources_of_another_runtime_need_a_build(
        self, tmp_path: Path, runtime: str, why: str
    ) -> None:
        text = FUNCTION.replace("app/}", f"app/, Runtime: {runtime}}}")
        assert why in (self.refused(project(tmp_path, text, index_ts="let x")).why or "")

    def test_a_build_method_asks_for_a_build(self, tmp_path: Path) -> None:
        text = FUNCTION.replace("{Type", "{Metadata: {BuildMethod: makefile}, Type")
        assert "BuildMethod makefile" in (self.refused(project(tmp_path, text)).why or "")

    def test_what_sam_build_wrote_is_taken_as_it_is(self, tmp_path: Path) -> None:
        built = FUNCTION.replace(
            "{Type", "{Metadata: {SamResourceId: F, BuildMethod: makefile}, Type"
        )
        template = project(tmp_path, built, requirements_txt="requests\n")
        refuse_unbuilt(template, local_sources(template))

    @pytest.mark.parametrize(
        "properties", ["PackageType: Image", "PackageType: Image, ImageUri: local:latest"]
    )
    def test_an_image_that_is_not_in_a_registry_is_refused(
        self, tmp_path: Path, properties: str
    ) -> None:
        text = FUNCTION.replace("CodeUri: app/", properties)
        assert "sam deploy" in (self.refused(project(tmp_path, text)).hint or "")

    def test_an_image_in_a_registry_is_not(self, tmp_path: Path) -> None:
        image = "PackageType: Image, ImageUri: 1.dkr.ecr.eu-west-1.amazonaws.com/x:1"
        template = project(tmp_path, FUNCTION.replace("CodeUri: app/", image))
        refuse_unbuilt(template, local_sources(template))


class TestZips:
    def test_the_same_content_gives_the_same_key_and_bytes(self, tmp_path: Path) -> None:
        one = only(project(tmp_path / "one", b_py="b", a_py="a"))
        other = only(project(tmp_path / "other", a_py="a", b_py="b"))
        os.utime(tmp_path / "other" / "app" / "a.py", (1, 1))
        assert one.key == other.key
        assert content_of(one) == content_of(other)

    @pytest.mark.parametrize(
        "change", [{"main_py": "x = 2\n"}, {"new_py": ""}, {"main_py": "x = 1"}]
    )
    def test_any_change_of_content_gives_another_key(
        self, tmp_path: Path, change: dict[str, str]
    ) -> None:
        assert only(project(tmp_path / "a")).key != only(project(tmp_path / "b", **change)).key

    def test_a_file_that_may_run_stays_so_and_every_other_mode_is_one(self, tmp_path: Path) -> None:
        template = project(tmp_path, run_sh="#!")
        (tmp_path / "app" / "run.sh").chmod(0o700)
        (tmp_path / "app" / "main.py").chmod(0o600)
        archive = zipfile.ZipFile(io.BytesIO(content_of(only(template))))
        modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
        assert modes == {"main.py": 0o100644, "run.sh": 0o100755}
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_caches_and_repositories_are_left_out(self, tmp_path: Path) -> None:
        template = project(tmp_path, main_pyc="cache")
        for name in ("__pycache__/main.cpython-311.pyc", ".git/HEAD", ".venv/pyvenv.cfg"):
            path = tmp_path / "app" / name
            path.parent.mkdir()
            path.write_text("x")
        assert names_in(only(template)) == ["main.py"]

    def test_links_are_followed(self, tmp_path: Path) -> None:
        template = project(tmp_path)
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "log.py").write_text("")
        (tmp_path / "app" / "shared").symlink_to(tmp_path / "shared")
        assert names_in(only(template)) == ["main.py", "shared/log.py"]

    def test_a_link_that_leads_in_a_circle_is_refused(self, tmp_path: Path) -> None:
        template = project(tmp_path)
        (tmp_path / "app" / "again").symlink_to(tmp_path / "app")
        with pytest.raises(UsageError, match="a link to a folder that it stands in"):
            only(template)

    def test_a_link_that_leads_nowhere_is_refused(self, tmp_path: Path) -> None:
        template = project(tmp_path)
        (tmp_path / "app" / "lost").symlink_to(tmp_path / "nowhere")
        with pytest.raises(UsageError, match="neither a file nor a folder"):
            only(template)

    def test_an_empty_folder_is_refused(self, tmp_path: Path) -> None:
        template = project(tmp_path)
        (tmp_path / "app" / "main.py").unlink()
        with pytest.raises(UsageError, match="F has no code"):
            only(template)

    def test_more_than_lambda_takes_is_refused_before_it_is_sent(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(artifacts, "MAX_UNZIPPED", 3)
        with pytest.raises(UsageError, match="too big for Lambda"):
            only(project(tmp_path))

    def test_a_zip_is_sent_as_it_is(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
            archive.writestr("main.py", "x = 1\n")
        artifact = only(project(tmp_path, FUNCTION.replace("app/", "code.zip")))
        assert artifact.key.endswith(".zip")
        assert content_of(artifact) == (tmp_path / "code.zip").read_bytes()

    def test_a_single_file_is_zipped(self, tmp_path: Path) -> None:
        assert names_in(only(project(tmp_path, FUNCTION.replace("app/", "app/main.py")))) == [
            "main.py"
        ]

    def test_files_that_change_meanwhile_are_not_sent(self, tmp_path: Path) -> None:
        artifact = only(project(tmp_path))
        (tmp_path / "app" / "main.py").write_text("x = 2\n")
        with pytest.raises(UsageError, match="was changed while it was packaged"):
            content_of(artifact)


def ask(key: str) -> dict[str, Any]:
    return {"Bucket": "b", "Key": key, "ExpectedBucketOwner": ACCOUNT}


class TestStore:
    def test_what_is_there_is_not_sent_again(self, tmp_path: Path, script: Script) -> None:
        artifact = only(project(tmp_path))
        script.expect("s3", "head_object", ask(artifact.key), {})
        assert store(script.aws, "b", ACCOUNT, artifact).sent is None

    def test_what_is_not_there_is_sent_to_our_own_bucket(
        self, tmp_path: Path, script: Script
    ) -> None:
        artifact = only(project(tmp_path))
        content = content_of(artifact)
        script.fails("s3", "head_object", "404", status=404)
        script.expect("s3", "put_object", {**ask(artifact.key), "Body": content}, {})
        assert store(script.aws, "b", ACCOUNT, artifact).sent == len(content)

    def test_who_may_not_list_sends_it_again(self, tmp_path: Path, script: Script) -> None:
        artifact = only(project(tmp_path))
        script.fails("s3", "head_object", "403", status=403)
        script.expect("s3", "put_object", None, {})
        assert store(script.aws, "b", ACCOUNT, artifact).sent is not None


class TestBuckets:
    NAME = f"lambdactl-artifacts-{ACCOUNT}-eu-west-1"

    def test_it_is_found_by_account_and_region(self, script: Script) -> None:
        name = buckets.bucket_name(PLACE)
        assert name == self.NAME
        params = {"Bucket": name, "ExpectedBucketOwner": ACCOUNT}
        script.expect("s3", "head_bucket", params, {"BucketRegion": "eu-west-1"})
        assert buckets.bucket_exists(script.aws, PLACE, name)

    def test_one_of_another_account_is_never_used(self, script: Script) -> None:
        script.fails("s3", "head_bucket", "403", status=403, message=denied("s3:ListBucket"))
        with pytest.raises(Refused, match="may not be used from account"):
            buckets.bucket_exists(script.aws, PLACE, self.NAME)

    def test_one_of_another_region_is_no_use(self, script: Script) -> None:
        script.expect("s3", "head_bucket", None, {"BucketRegion": "us-east-1"})
        with pytest.raises(UsageError, match="is in us-east-1, and the stack is in eu-west-1"):
            buckets.bucket_exists(script.aws, PLACE, "mine")

    def test_it_is_made_private_encrypted_and_tagged(self, script: Script) -> None:
        ours = {"Bucket": self.NAME, "ExpectedBucketOwner": ACCOUNT}
        where = {"LocationConstraint": "eu-west-1"}
        script.expect(
            "s3",
            "create_bucket",
            {"Bucket": self.NAME, "CreateBucketConfiguration": where},
            {},
            writes=True,
        )
        private = {**ours, "PublicAccessBlockConfiguration": buckets.PRIVATE}
        script.expect("s3", "put_public_access_block", private, {}, writes=True)
        encrypted = {**ours, "ServerSideEncryptionConfiguration": buckets.ENCRYPTED}
        script.expect("s3", "put_bucket_encryption", encrypted, {}, writes=True)
        script.expect(
            "s3", "put_bucket_tagging", {**ours, "Tagging": buckets.TAGS}, {}, writes=True
        )
        buckets.make_bucket(script.aws, PLACE, self.NAME)
        assert all(buckets.PRIVATE.values())

    def test_the_first_region_is_not_named(self, script: Script) -> None:
        script.expect("s3", "create_bucket", {"Bucket": "x"}, {}, writes=True)
        for operation in ("put_public_access_block", "put_bucket_encryption", "put_bucket_tagging"):
            script.expect("s3", operation, None, {}, writes=True)
        buckets.make_bucket(script.aws, Place(ACCOUNT, "us-east-1"), "x")

    def test_a_name_that_somebody_took_is_refused(self, script: Script) -> None:
        script.fails("s3", "create_bucket", "BucketAlreadyExists", status=409, writes=True)
        with pytest.raises(Refused, match="may not be used"):
            buckets.make_bucket(script.aws, PLACE, self.NAME)

    def test_no_is_an_answer(self) -> None:
        assert isinstance(buckets.not_made("b"), NotConfirmed)

    @pytest.mark.parametrize(
        ("partition", "suffix"), [("aws", "amazonaws.com"), ("aws-cn", "amazonaws.com.cn")]
    )
    def test_cloudformation_is_told_an_address(self, partition: str, suffix: str) -> None:
        place = Place(ACCOUNT, "eu-west-1", partition)
        assert buckets.url_of(place, "b", "k") == f"https://s3.eu-west-1.{suffix}/b/k"


def test_sources_know_their_owner(tmp_path: Path) -> None:
    (source,) = local_sources(project(tmp_path))
    assert isinstance(source, Source)
    assert (source.owner, source.written) == ("F", "app/")
