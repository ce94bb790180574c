"""The campaign of streams that fail, in short."""

import pytest

from ops.campaigns import bybit_streams


@pytest.mark.parametrize("seed", [2_000_102, 2_000_356])  # an own event that stayed late; a change while all was mute
def test_what_is_read_in_the_end_is_what_stands(seed: int) -> None:
    assert bybit_streams.play(seed) is None
