"""`python -m ops`: the same command line as `perpdesk`."""

from ops.cli import main

main()
