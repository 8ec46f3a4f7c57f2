"""The types of resources that the sandbox's CloudFormation knows, one small handler each.

A template with any other type is refused before anything is made.
"""

from __future__ import annotations

from lambdactl.sandbox.cloudformation.resources.alarms import AlarmKind, CompositeAlarmKind
from lambdactl.sandbox.cloudformation.resources.aliases import AliasKind
from lambdactl.sandbox.cloudformation.resources.buckets import BucketKind, BucketPolicyKind
from lambdactl.sandbox.cloudformation.resources.function_parts import (
    EventSourceMappingKind,
    LayerVersionKind,
    PermissionKind,
)
from lambdactl.sandbox.cloudformation.resources.functions import FunctionKind
from lambdactl.sandbox.cloudformation.resources.httpapis import ApiKind, StageKind
from lambdactl.sandbox.cloudformation.resources.kind import Kind
from lambdactl.sandbox.cloudformation.resources.loggroups import LogGroupKind
from lambdactl.sandbox.cloudformation.resources.messages import QueueKind, TopicKind
from lambdactl.sandbox.cloudformation.resources.restapis import (
    DeploymentKind,
    RestApiKind,
    RestStageKind,
)
from lambdactl.sandbox.cloudformation.resources.roles import (
    ManagedPolicyKind,
    PolicyKind,
    RoleKind,
)
from lambdactl.sandbox.cloudformation.resources.rollouts import (
    ApplicationKind,
    DeploymentConfigKind,
    DeploymentGroupKind,
)
from lambdactl.sandbox.cloudformation.resources.urls import UrlKind
from lambdactl.sandbox.cloudformation.resources.versions import VersionKind
from lambdactl.sandbox.cloudformation.resources.waithandles import WaitConditionHandleKind

KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        AlarmKind(),
        AliasKind(),
        ApiKind(),
        ApplicationKind(),
        BucketKind(),
        BucketPolicyKind(),
        CompositeAlarmKind(),
        DeploymentConfigKind(),
        DeploymentGroupKind(),
        DeploymentKind(),
        EventSourceMappingKind(),
        FunctionKind(),
        LayerVersionKind(),
        LogGroupKind(),
        ManagedPolicyKind(),
        PermissionKind(),
        PolicyKind(),
        QueueKind(),
        RestApiKind(),
        RestStageKind(),
        RoleKind(),
        StageKind(),
        TopicKind(),
        UrlKind(),
        VersionKind(),
        WaitConditionHandleKind(),
    )
}
"""Every handler by CloudFormation's name of its type."""
