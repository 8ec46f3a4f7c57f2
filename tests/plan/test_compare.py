"""Two versions compared: everything that differs, and no value of the environment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lambdactl.model_configuration import Configuration
from lambdactl.plan.compare import Difference, compare
from tests.plan.samples import version

LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer"


def configured(number: int = 41, **changes: Any) -> Configuration:
    values: dict[str, Any] = {
        "version": version(number, code_sha256="same"),
        "settings": {"TracingConfig.Mode": "PassThrough", "EphemeralStorage.Size": 512},
        "environment": {"KEPT": "seal-1", "ROTATED": "seal-2", "GONE": "seal-3"},
    }
    return Configuration(**{**values, **changes})


def test_what_is_equal_is_not_told() -> None:
    assert compare(configured(41), configured(42)) == ()


def test_code_size_memory_and_runtime() -> None:
    after = configured(
        version=version(
            42,
            code_sha256="other",
            code_size=2_000,
            memory_mb=256,
            timeout_s=3,
            runtime="python3.14",
        )
    )
    assert compare(configured(), after) == (
        Difference("code", "CodeSha256", "changed", "same", "other"),
        Difference("code", "CodeSize", "changed", 1_000, 2_000),
        Difference("code", "Runtime", "changed", "python3.13", "python3.14"),
        Difference("configuration", "MemorySize", "changed", 128, 256),
    )


def test_the_environment_is_told_by_name_and_masked() -> None:
    after = configured(environment={"KEPT": "seal-1", "ROTATED": "seal-9", "NEW": "seal-4"})
    assert compare(configured(), after) == (
        Difference("environment", "GONE", "removed", masked=True),
        Difference("environment", "NEW", "added", masked=True),
        Difference("environment", "ROTATED", "changed", masked=True),
    )


def test_a_layer_is_told_by_its_versions_and_its_place() -> None:
    before = version(41, code_sha256="same", layers=(f"{LAYER}:deps:3", f"{LAYER}:old:1"))
    after = version(42, code_sha256="same", layers=(f"{LAYER}:deps:4", f"{LAYER}:new:1"))
    assert compare(configured(version=before), configured(version=after)) == (
        Difference("layers", f"{LAYER}:deps", "changed", "3", "4"),
        Difference("layers", f"{LAYER}:old", "removed", "1", None),
        Difference("layers", f"{LAYER}:new", "added", None, "1"),
    )
    turned = replace(before, layers=before.layers[::-1])
    (order,) = compare(configured(version=before), configured(version=turned))
    assert (order.area, order.name, order.change) == ("layers", "order", "changed")


def test_a_setting_that_only_one_has() -> None:
    after = configured(settings={"TracingConfig.Mode": "Active", "EphemeralStorage.Size": 512})
    (tracing,) = compare(configured(), after)
    assert tracing == Difference(
        "configuration", "TracingConfig.Mode", "changed", "PassThrough", "Active"
    )
    (gone,) = compare(configured(), configured(settings={"TracingConfig.Mode": "PassThrough"}))
    assert (gone.name, gone.change) == ("EphemeralStorage.Size", "removed")
