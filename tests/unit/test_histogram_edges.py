"""A value that is exactly a bucket's bound belongs to that bucket, as Prometheus' `le` says."""

from math import inf

from bot.aio.histograms import Histogram


def test_a_value_that_is_just_a_bound_is_within_it() -> None:
    histogram = Histogram((0.1, 2.5))
    for value, counted in ((0.1, [1, 1, 1]), (2.5, [1, 2, 2]), (2.6, [1, 2, 3])):
        histogram.observe(value)
        assert histogram.cumulative == list(zip((0.1, 2.5, inf), counted, strict=True))
