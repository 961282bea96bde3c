"""`python -m rung` is the command `rung`."""

from rung.interfaces.cli.main import main

main()
