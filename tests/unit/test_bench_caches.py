"""The caches of the bench are those of the bot: the facade takes everything that it loads from."""

from ops.bench.full_caches import fill, new_reads
from ops.bench.values import Values


async def test_every_region_can_be_filled() -> None:
    values = Values()
    reads = new_reads(values)
    await fill(reads, values, part=0.005)
    assert all(stats.size for stats in reads.stats())
