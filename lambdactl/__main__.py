"""``python -m lambdactl`` is ``lambdactl``."""

from lambdactl.cli import main

main()
