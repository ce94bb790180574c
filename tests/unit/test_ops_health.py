"""`perpdesk health`, where somebody else listens at the port of the sidecar."""

from itertools import product

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.settings import Settings
from ops.health import Said, ask

BY_OTHERS = ("{}", "[]", "null", '"ready"', '{"ready":1}', '{"reasons":"x"}', "<html>")


async def test_another_program_at_the_port_is_not_taken_for_the_sidecar() -> None:
    answers: list[tuple[int, str]] = []

    async def answer(_: web.Request) -> web.Response:
        status, body = answers.pop()
        return web.Response(status=status, text=body)

    async def told(status: int, body: str) -> Said:
        answers.append((status, body))
        return await ask(Settings(stats_port=server.port), "/readyz", wait=0)

    app = web.Application()
    app.router.add_get("/readyz", answer)
    async with TestServer(app) as server:
        for status, body in product((200, 503), BY_OTHERS):
            said = await told(status, body)
            assert not said.is_well, body
            assert said.words.startswith("the sidecar does not answer at"), body
