"""Which version this is, from the checkout's own pyproject.toml: it is run from there, installed or not."""

import tomllib
from pathlib import Path
from typing import Final

_PROJECT: Final = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
VERSION: Final = str(_PROJECT["project"]["version"])  # such as 0.1.0; read when imported: a file blocks the loop
