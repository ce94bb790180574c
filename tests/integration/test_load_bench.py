"""The bot under load, on a small scale: every message is answered, and what is counted adds up."""

from collections import Counter

from ops.bench.load import TARGETS, TEXTS, drawn_texts, run


async def test_people_who_write_are_answered_and_bybit_is_asked_as_often_as_the_cache_misses() -> None:
    groups = [group async for group in run(users=12, minutes=0.04, per_second=10, still_s=5.5)]
    rows = {row.name: row for row in groups[-1]}
    assert rows["messages without an answer"].value == 0
    regions = {name.removeprefix("hit rate, ").partition(",")[0] for name in rows if name.startswith("hit rate, ")}
    assert TARGETS.keys() <= regions
    asked = rows["questions to Bybit, minute 1"]
    assert asked.value > 0
    assert asked.ok, f"{asked.value} questions, {asked.baseline} misses"
    assert rows["processor an update, streams and orders included"].value > 0
    assert rows["memory at the end"].value > 20


def test_the_messages_are_of_the_mix_and_the_same_each_time() -> None:
    texts = drawn_texts(count=10_000)
    assert texts == drawn_texts(count=10_000)
    shares = {text: count / 100 for text, count in Counter(texts).items()}
    assert shares.keys() == TEXTS.keys()
    assert all(abs(shares[text] - TEXTS[text]) < 1.5 for text in TEXTS), shares
