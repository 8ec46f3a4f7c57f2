"""Layer versions: each counts against code storage, whoever has it attached.

The listings tell neither sizes nor policies. A size is known where a function has the layer version
attached, and asked for one by one where not; a policy means that other accounts may use it, and
what they attach cannot be seen from here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from lambdactl.aws.door import Door
from lambdactl.aws.reads import time_of
from lambdactl.errors import NotFound
from lambdactl.model_storage import LayerVersion


def layer_versions(door: Door, known: Mapping[str, int]) -> Iterator[LayerVersion]:
    """Every layer version of the account; ``known`` are bytes by ARN that need not be asked."""
    for layer in door.pages("lambda", "ListLayers", "Layers", "the layers"):
        name = layer["LayerName"]
        rows = door.pages(
            "lambda", "ListLayerVersions", "LayerVersions", f"layer {name}", LayerName=name
        )
        for row in rows:
            arn, number = row["LayerVersionArn"], int(row["Version"])
            size = known[arn] if arn in known else size_of(door, name, number)
            yield LayerVersion(name, number, arn, size, time_of(row.get("CreatedDate")))


def size_of(door: Door, layer: str, number: int) -> int:
    answer = door.call(
        "lambda",
        "GetLayerVersion",
        f"layer version {layer}:{number}",
        LayerName=layer,
        VersionNumber=number,
    )
    return int(answer["Content"]["CodeSize"])


def with_sharing(
    door: Door, layers: Collection[LayerVersion], unused: Collection[str]
) -> tuple[LayerVersion, ...]:
    """``layers`` with whether each of the ``unused`` (by ARN) is shared."""
    return tuple(replace(v, shared=is_shared(door, v)) if v.arn in unused else v for v in layers)


def is_shared(door: Door, layer: LayerVersion) -> bool:
    try:
        door.call(
            "lambda",
            "GetLayerVersionPolicy",
            f"policy of layer version {layer.name}:{layer.number}",
            LayerName=layer.name,
            VersionNumber=layer.number,
        )
    except NotFound:
        return False
    return True
