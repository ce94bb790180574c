"""The measurement of reads: both sides really read, and a row says what was found."""

from ops.bench.exchange import far, near


async def test_reads_are_measured_beside_pybit_in_threads() -> None:
    row = await near(rounds=1, share=0.02)
    assert 0 < row.value < row.baseline  # type: ignore[operator]  # a baseline is there
    assert (row.unit, row.baseline_name) == ("ms", "pybit, 50 threads")
    assert row.ok is (row.baseline >= 7 * row.value)  # type: ignore[operator]


async def test_reads_from_afar_are_measured_beside_pybit_in_the_default_threads() -> None:
    row = await far(rounds=1, share=0.05)
    assert row.baseline is not None
    assert row.baseline > 4 * row.value, "100 ms of waiting in a handful of threads, or in none"
