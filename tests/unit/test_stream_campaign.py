"""The campaign of streams that fail, in short."""

import pytest

from ops.campaigns import bybit_streams


@pytest.mark.parametrize(
    "seed",
    [
        1_000_019,  # an order that REST had not any more, told late
        1_000_024,  # the same of one that was just told
        2_000_043,  # a mute connection, and only a wallet that changed
        9_000_227,  # an order that was filled just before REST answered
        301_000_477,  # the same, of one that REST had shown just before, told of in two messages that were late
    ],
)
def test_what_is_shown_never_goes_back_and_is_what_stands_in_the_end(seed: int) -> None:
    assert bybit_streams.play(seed) is None
