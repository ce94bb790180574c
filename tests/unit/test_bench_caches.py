"""The caches of the bench are those of the bot: the facade takes everything that it loads from."""

from ops.bench.full_caches import fill, new_reads
from ops.bench.values import Values


async def test_every_region_can_be_filled() -> None:
    values = Values()
    reads = new_reads(values)
    await fill(reads, values, part=0.005)
    assert all(stats.size for stats in reads.stats())


async def test_what_was_read_once_is_a_hit() -> None:
    values = Values()
    reads, account = new_reads(values), values.account(1)
    for _ in range(3):
        await reads.positions(account)
        await reads.user_config(account.user_id)
    assert {stats.name: stats.hits for stats in reads.stats() if stats.hits} == {"user_config": 2, "position": 2}
