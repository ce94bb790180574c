"""The Dockerfile, read as Docker reads it, and its steps done in a folder, since no test has Docker's engine."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.sources import ROOT

INSTRUCTIONS: Final = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
})  # fmt: skip


@dataclass(frozen=True)
class Instruction:
    """One line of it, continuations joined."""

    word: str
    rest: str


@dataclass
class Stage:
    """From one FROM to the next."""

    name: str
    steps: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [step.rest for step in self.steps if step.word == word]


def stages(text: str) -> list[Stage]:
    """Raises ValueError for what is no instruction, and for one before the first FROM."""
    found: list[Stage] = []
    for line in re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines():
        if not line.strip():
            continue
        word, _, rest = line.strip().partition(" ")
        if word.upper() not in INSTRUCTIONS:
            raise ValueError(f"no instruction: {line}")
        if word.upper() == "FROM":
            name = re.search(r"\sAS\s+(\S+)", rest, re.IGNORECASE)
            found.append(Stage(name[1] if name else ""))
        elif not found:
            raise ValueError(f"before the first FROM: {line}")
        found[-1].steps.append(Instruction(word.upper(), rest.strip()))
    return found


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file of the checkout out of the build."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        back, pattern = pattern.startswith("!"), pattern.removeprefix("!")
        if re.fullmatch(_expression(pattern), path):
            out = not back
    return out


def _expression(pattern: str) -> str:
    """A pattern names a path and all below it."""
    text = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return rf"{text}(?:/.*)?"


def copy(root: Path, workdir: str, rest: str) -> None:
    """What COPY does with files of the checkout, into an image whose root is a folder."""
    *sources, target = shlex.split(rest)
    base = root / (target if target.startswith("/") else f"{workdir}/{target}").lstrip("/")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607  git is what a checkout is made with
    files = [name for name in tracked.stdout.split("\0") if name and not ignored(name) and (ROOT / name).is_file()]
    for source in sources:
        mine = [name for name in files if name == source or name.startswith(f"{source}/")]
        if not mine:
            raise FileNotFoundError(source)
        for name in mine:
            inside = name.removeprefix(source).lstrip("/")
            into = base / inside if inside else (base / source if target.endswith("/") else base)
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into)
