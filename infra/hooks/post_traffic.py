"""After all traffic: the alias, as callers use it, must be answered by the new version."""

import os
import time

from checks import Failed, answering_version, report

ALIAS_ARN = os.environ["ALIAS_ARN"]
VERSION = os.environ["VERSION"]

# Lambda spreads a moved alias within seconds, not at once: a few calls may meet the old version.
LOOKS = 5
PAUSE_S = 2


def alias_leads_to_new_version():
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE_S)
        answered = answering_version(ALIAS_ARN)
        if answered == VERSION:
            return f"{ALIAS_ARN} leads to version {VERSION}"
    raise Failed(f"{ALIAS_ARN} still leads to version {answered}, not {VERSION}")


def handler(event, context):
    return report(event, alias_leads_to_new_version)
