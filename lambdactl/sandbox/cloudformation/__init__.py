"""CloudFormation in the sandbox: templates in, stacks out, one event at a time.

A request becomes a draft, a draft what is desired, and a process on the account's clock makes the
stack that, resource by resource, through the account's own APIs::

    template, parameters   text -> data, values settled
    drafting               request -> Draft -> (transform, conditions) -> Desired, or refused
    changes                Stack + Desired -> the changes of a change set
    operation              the story of a create, update, rollback, delete; cleanup last
    walk, graph            which resource when; several at once
    making, resources/     one resource: create, update, replace, restore, remove
    stacks, changesets,    the API's operations
    reading, drift,
    operation_events
"""

from lambdactl.sandbox.cloudformation.reading import CloudFormationService

__all__ = ["CloudFormationService"]
