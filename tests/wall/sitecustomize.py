"""Python imports this at its start where it is on the path: the processes that tests start have the wall, too."""

from loopback import forbid_reaching_out

forbid_reaching_out()
