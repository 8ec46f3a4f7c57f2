"""CloudWatch: metrics that can be asked for, and alarms that go off by themselves.

::

    writing     PutMetricData, and record() for the account's own services
    series      every series of every minute          sketch      what is kept of one minute
    modelled    series that are computed when asked for
    reading     GetMetricData, GetMetricStatistics, ListMetrics
    questions   a list of MetricDataQuery, evaluated   statistic   Sum, p99, tm90
    expressions metric math
    alarms      the operations                         checks      what PutMetricAlarm refuses
    records     alarms and their history               composite   AND, OR, NOT of alarms
    watch       the process that evaluates             judging     datapoints -> state
    actions     what an alarm does when it changes
    wording     the reason, in CloudWatch's sentences  tags
"""

from __future__ import annotations

from lambdactl.sandbox.account import Account
from lambdactl.sandbox.cloudwatch.actions import Actions
from lambdactl.sandbox.cloudwatch.alarms import Alarms
from lambdactl.sandbox.cloudwatch.reading import Reading
from lambdactl.sandbox.cloudwatch.records import AlarmBook
from lambdactl.sandbox.cloudwatch.series import Store
from lambdactl.sandbox.cloudwatch.tags import Tags
from lambdactl.sandbox.cloudwatch.watch import Watch
from lambdactl.sandbox.cloudwatch.writing import Writing
from lambdactl.sandbox.tags import TagBook

__all__ = ["CloudWatchService"]


class CloudWatchService(Writing, Reading, Alarms, Tags):
    """CloudWatch of one account. Alarms are evaluated as soon as it exists."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.store = Store(account.clock.now)
        self.book = AlarmBook(account)
        self.tags = TagBook("InvalidParameterValue")
        self.delay_s = 0.0
        self._watch = Watch(account, self.store, self.book)
        self._actions = Actions(account, self.book)
