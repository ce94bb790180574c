"""The button that leads to the page of a drill."""

from dataclasses import dataclass

from handlers.core.callbacks import Code, RowNumber


@dataclass(frozen=True, slots=True)
class ShowDrill(Code):
    """What the exchange did alone, and what was caught up."""

    TAG = "drl"
    drill: RowNumber
