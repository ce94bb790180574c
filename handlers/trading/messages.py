"""What became of orders while nobody looked: fills, stops, targets, liquidations, disagreements."""

from typing import Final

from handlers.core.messages import MessageSpec

MESSAGES: Final[tuple[MessageSpec, ...]] = ()
