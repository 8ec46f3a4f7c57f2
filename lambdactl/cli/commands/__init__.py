"""One module to each command, each with its own small Typer app called ``app``."""
