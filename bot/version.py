"""Which version this is, from the checkout's own pyproject.toml: it is run from there, installed or not."""

import tomllib
from pathlib import Path


def version() -> str:
    """The project's version, such as 0.1.0."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
