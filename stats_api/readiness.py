"""Whether the process is ready to serve, and why not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`reasons` say in plain words what is missing; none when ready. They name no user."""

    ready: bool
    reasons: tuple[str, ...] = ()
