"""What a campaign answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One campaign: how much it tried with which seed, and every failure with what repeats it."""

    name: str
    seed: int
    seconds: float
    cases: int
    steps: int
    failures: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.failures

    def __str__(self) -> str:
        verdict = "good" if self.is_good else f"{len(self.failures)} FAILED"
        head = f"{self.name}: {verdict}, {self.cases} cases, {self.steps} steps, {self.seconds:.1f} s, seed {self.seed}"
        return "\n".join((head, *self.failures))
