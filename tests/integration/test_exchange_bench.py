"""The measurement of reads: both sides really read, and a row says what was found."""

from ops.bench.exchange import far, near


async def test_reads_are_measured_beside_pybit_in_threads() -> None:
    row = await near(rounds=1, share=0.02)
    assert row.value > 0
    assert row.baseline is not None
    assert row.baseline > 0
    assert (row.unit, row.baseline_name) == ("ms", "pybit, 50 threads")
    assert row.ok is (row.baseline >= 7 * row.value)


async def test_reads_from_afar_are_measured_beside_pybit_in_the_default_threads() -> None:
    row = await far(rounds=1, share=0.05)
    assert row.value > 0
    assert row.baseline is not None
    assert row.baseline > 0
