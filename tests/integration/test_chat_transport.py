"""The wire to Telegram, against servers that behave and servers that don't."""

import asyncio
import io
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from harness.telegram_server import TOKEN, Call, FakeTelegram, Fault, answers, flood, goes_silent, hangs_up
from harness.waiting import LIMIT, until
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaDocument
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.chat.errors import FloodWait
from bot.chat.transport import AiohttpRequest, RawApi, TimeOuts
from bot.domain.secrets import Secret


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(Secret(TOKEN)) as request:
        yield request


def bot_over(transport: AiohttpRequest, url: str) -> ExtBot[None]:
    return ExtBot(TOKEN, base_url=f"{url}/bot", request=transport, get_updates_request=transport)


async def test_a_message_arrives_as_ptb_gave_it(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ok & go", callback_data="v1:ok")]])
    sent = await bot_over(transport, telegram.url).send_message(7, "a<b> ü €\n+%", reply_markup=keyboard)
    assert (sent.message_id, sent.chat.id) == (1, 7), "no more of the answer is built than anybody reads"
    params = telegram.sent()[0]
    assert params["text"] == "a<b> ü €\n+%"
    assert params["chat_id"] == "7"
    assert json.loads(params["reply_markup"]) == keyboard.to_dict()


async def test_a_lone_surrogate_does_not_lose_the_message(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    await bot_over(transport, telegram.url).send_message(7, "a\ud800b")
    assert telegram.sent()[0]["text"] == "a?b"


async def test_files_go_as_multipart(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    name = 'trades "2026"\r\nü.csv'
    await bot_over(transport, telegram.url).send_document(7, b"a,b\r\n\x00\xff", filename=name, caption="€")
    call: Call = telegram.calls[-1]
    assert call.params["caption"] == "€"
    file_name, media_type, content = call.files["document"]
    assert (media_type, content) == ("text/csv", b"a,b\r\n\x00\xff")
    assert file_name in {'trades "2026"\r\nü.csv', "trades %222026%22%0D%0Aü.csv"}  # as a server unquotes


async def test_attached_files_keep_their_names(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    media = [InputMediaDocument(b"one", filename="1.txt"), InputMediaDocument(b"two", filename="2.txt")]
    telegram.fail("sendMediaGroup", lambda _: web.json_response({"ok": True, "result": []}))
    await bot_over(transport, telegram.url).send_media_group(7, media)
    call = telegram.calls[-1]
    assert sorted(content for _, _, content in call.files.values()) == [b"one", b"two"]
    assert all(f"attach://{name}" in call.params["media"] for name in call.files)


async def test_an_open_file_is_read_from_its_start_each_time(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    handle = io.BytesIO(b"0123456789" * 20_000)  # larger than one chunk
    document = InputFile(handle, filename="x.bin", read_file_handle=False)
    for _ in range(2):
        await bot_over(transport, telegram.url).send_document(7, document)
    assert [call.files["document"][2] for call in telegram.calls] == [b"0123456789" * 20_000] * 2


@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad Request: chat not found", BadRequest),
        (401, "Unauthorized", InvalidToken),
        (403, "Forbidden: bot was blocked by the user", Forbidden),
        (404, "Not Found", InvalidToken),
        (409, "Conflict: terminated by other getUpdates request", Conflict),
        (500, "Internal Server Error", NetworkError),
    ],
)
async def test_refusals_are_ptbs_errors(
    telegram: FakeTelegram, transport: AiohttpRequest, status: int, description: str, error: type[TelegramError]
) -> None:
    telegram.fail("sendMessage", answers(status, description))
    with pytest.raises(error) as caught:
        await bot_over(transport, telegram.url).send_message(7, "x")
    assert type(caught.value) is error
    assert len(telegram.calls) == 1


async def test_a_429_says_how_long(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    telegram.fail("sendMessage", lambda _: flood(17), lambda _: web.Response(status=429, text="<html>slow down</html>"))
    with pytest.raises(FloodWait) as caught:
        await bot_over(transport, telegram.url).send_message(7, "x")
    assert caught.value.seconds == 17
    with pytest.raises(FloodWait) as caught:
        await bot_over(transport, telegram.url).send_message(7, "x")
    assert caught.value.seconds == 1


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ('{"parameters": {"retry_after": 1e999}}', 86_400),
        (f'{{"parameters": {{"retry_after": 1{"0" * 400}}}}}', 86_400),
        ('{"parameters": {"retry_after": NaN}}', 1),
        ('{"parameters": {"retry_after": "soon"}}', 1),
        ("[" * 100_000, 1),
    ],
    ids=["endless", "too long for a float", "no number", "words", "nested"],
)
async def test_a_429_with_an_odd_wait_is_a_429(
    telegram: FakeTelegram, transport: AiohttpRequest, body: str, seconds: float
) -> None:
    telegram.fail("sendMessage", lambda _: web.Response(status=429, text=body))
    with pytest.raises(FloodWait) as caught:
        await bot_over(transport, telegram.url).send_message(7, "x")
    assert caught.value.seconds == seconds


async def test_a_post_is_never_repeated(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    api = bot_over(transport, telegram.url)
    await api.send_message(7, "warm")  # the connection is one kept alive, the hardest case
    telegram.fail("sendMessage", hangs_up)
    with pytest.raises(NetworkError) as caught:
        await api.send_message(7, "once")
    assert type(caught.value) is NetworkError
    assert [params["text"] for params in telegram.sent()] == ["warm", "once"]


class RefusingOnce(aiohttp.TCPConnector):
    """A connector to which the first connections are refused."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals
        self.asked = 0

    async def connect(self, req, traces, timeout):  # noqa: ANN001, ANN201, ASYNC109  aiohttp's own signature
        self.asked += 1
        if self.asked <= self.refusals:
            key = req.connection_key
            raise aiohttp.ClientConnectorError(key, ConnectionRefusedError(111, "refused"))
        return await super().connect(req, traces, timeout)


@pytest.mark.parametrize(("refusals", "asked", "arrives"), [(1, 2, True), (2, 2, False)])
async def test_where_no_connection_came_about_it_is_tried_once_more(
    telegram: FakeTelegram, refusals: int, asked: int, arrives: bool
) -> None:
    connector = RefusingOnce(refusals)
    async with AiohttpRequest(Secret(TOKEN), connector=lambda **_: connector) as transport:
        if arrives:
            await bot_over(transport, telegram.url).send_message(7, "x")
        else:
            with pytest.raises(NetworkError, match="ClientConnectorError"):
                await bot_over(transport, telegram.url).send_message(7, "x")
    assert connector.asked == asked
    assert len(telegram.calls) == int(arrives)


async def test_the_calls_own_read_time_out_counts(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    telegram.fail("sendMessage", goes_silent(LIMIT), goes_silent(0.3))
    with pytest.raises(TimedOut):
        await bot_over(transport, telegram.url).send_message(7, "x", read_timeout=0.1)
    with pytest.raises(NetworkError, match="too late"):
        await bot_over(transport, telegram.url).send_message(7, "x", read_timeout=None)


async def test_the_default_read_time_out_counts(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", goes_silent(LIMIT))
    async with AiohttpRequest(Secret(TOKEN), time_outs=TimeOuts(read=0.1)) as transport:
        assert transport.read_timeout == 0.1
        with pytest.raises(TimedOut):
            await bot_over(transport, telegram.url).send_message(7, "x")


async def test_a_full_pool_says_that_nothing_was_sent(telegram: FakeTelegram) -> None:
    go_on = asyncio.Event()
    telegram.fail("sendMessage", waits(go_on))
    async with AiohttpRequest(Secret(TOKEN), pool_size=1) as transport:
        api = bot_over(transport, telegram.url)
        first = asyncio.create_task(api.send_message(7, "first", read_timeout=None))
        await until(telegram.sent, what="the first call")
        with pytest.raises(TimedOut, match="not"):
            await api.send_message(7, "second", pool_timeout=0.05)
        go_on.set()
        await first
        await api.send_message(7, "third")
    assert [params["text"] for params in telegram.sent()] == ["first", "third"]


@asynccontextmanager
async def deaf_server(*, backlog: int = 100) -> AsyncIterator[str]:
    """Takes connections and reads nothing from them."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


async def test_a_peer_that_does_not_read_ends_the_upload(transport: AiohttpRequest) -> None:
    async with deaf_server() as url:
        with pytest.raises(TimedOut):
            async with asyncio.timeout(LIMIT):
                await bot_over(transport, url).send_document(7, bytes(32 << 20), write_timeout=0.3, read_timeout=None)


async def test_a_host_that_does_not_answer_ends_the_connecting(transport: AiohttpRequest) -> None:
    async with deaf_server(backlog=0) as url:
        port = int(url.rsplit(":", 1)[1])
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:  # the queue of connections is full: the next handshake is not answered
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        try:
            with pytest.raises(TimedOut):
                await bot_over(transport, url).send_message(7, "x", connect_timeout=0.2)
        finally:
            for filler in fillers:
                filler.close()


async def test_a_cancelled_call_gives_its_place_back(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", goes_silent(LIMIT))
    async with AiohttpRequest(Secret(TOKEN), pool_size=1) as transport:
        api = bot_over(transport, telegram.url)
        task = asyncio.create_task(api.send_message(7, "x"))
        await until(telegram.sent, what="the call")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await api.send_message(7, "y", pool_timeout=LIMIT)
    assert telegram.sent()[-1]["text"] == "y"


def waits(go_on: asyncio.Event) -> Fault:
    async def wait(_: web.Request) -> None:
        await go_on.wait()

    return wait


async def test_a_new_session_leaves_the_requests_of_the_old_one_alone(
    telegram: FakeTelegram, transport: AiohttpRequest
) -> None:
    go_on = asyncio.Event()
    telegram.fail("sendMessage", waits(go_on), waits(go_on))
    api = bot_over(transport, telegram.url)
    old = [asyncio.create_task(api.send_message(7, text)) for text in ("first", "second")]
    await until(lambda: len(telegram.sent()) == 2, what="both calls")
    await transport.renew()
    await api.send_message(7, "new")
    go_on.set()
    await asyncio.gather(*old)
    assert [params["text"] for params in telegram.sent()] == ["first", "second", "new"]


async def test_opening_and_closing_twice_is_harmless(telegram: FakeTelegram) -> None:
    transport = AiohttpRequest(Secret(TOKEN))
    await transport.initialize()
    await transport.initialize()
    await transport.shutdown()
    await transport.shutdown()
    await transport.renew()
    with pytest.raises(NetworkError, match="not initialized"):
        await bot_over(transport, telegram.url).send_message(7, "x")


async def test_redirects_are_not_followed(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    telegram.fail("sendMessage", lambda _: web.Response(status=307, headers={"Location": f"{telegram.url}/elsewhere"}))
    with pytest.raises(NetworkError):
        await bot_over(transport, telegram.url).send_message(7, "x")
    assert len(telegram.calls) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"ok":false}', b"{}", b'{"ok":true}', b'{"ok":true,"resul'])
async def test_a_success_without_a_result_is_an_error(
    telegram: FakeTelegram, transport: AiohttpRequest, body: bytes
) -> None:
    telegram.fail("sendMessage", *[lambda _: web.Response(body=body)] * 2)
    with pytest.raises(TelegramError):
        await bot_over(transport, telegram.url).send_message(7, "x")
    with pytest.raises(TelegramError):
        await RawApi(transport, telegram.url, Secret(TOKEN)).call("sendMessage", {}, read_timeout=5)


async def test_an_answer_beyond_reason_is_not_read(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    telegram.fail("getUpdates", lambda _: web.Response(body=b"[" * (17 << 20)))
    with pytest.raises(NetworkError, match="larger than"):
        await RawApi(transport, telegram.url, Secret(TOKEN)).call("getUpdates", {}, read_timeout=5)


async def test_lone_surrogates_come_in(telegram: FakeTelegram, transport: AiohttpRequest) -> None:
    body = b'{"ok":true,"result":[{"update_id":1,"message":{"text":"\\ud800"}}]}'
    telegram.fail("getUpdates", lambda _: web.Response(body=body))
    updates = await RawApi(transport, telegram.url, Secret(TOKEN)).call("getUpdates", {"timeout": 0}, read_timeout=5)
    assert updates == [{"update_id": 1, "message": {"text": "\ud800"}}]


def echoes_the_address(status: int, content_type: str) -> object:
    def fault(request: web.Request) -> web.Response:
        text = f"<h1>{request.raw_path} was not found here</h1>"
        if content_type == "application/json":
            text = f'{{"ok":false,"description":"{request.raw_path}"}}'
        return web.Response(status=status, text=text, content_type=content_type)

    return fault


async def cuts_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok":true')
    assert request.transport is not None
    request.transport.abort()
    return response


FAULTS = {
    "closed": hangs_up,
    "silent": goes_silent(1),
    "cut": cuts_the_body,
    "404 page": echoes_the_address(404, "text/html"),
    "502 page": echoes_the_address(502, "text/html"),
    "200 page": echoes_the_address(200, "text/html"),
    "400": echoes_the_address(400, "application/json"),
    "unauthorized": answers(401, "Unauthorized"),
}


URLS = {
    "refused": "http://127.0.0.1:1",
    "no host": "http://nowhere.invalid",
    "bad address": "http://[::",
    "bad scheme": "ftp://127.0.0.1",
}


def said_about(error: BaseException, log: str) -> list[str]:
    """All the words there are about an error and what is behind it."""
    words = [*traceback.format_exception(error), log]
    chain: BaseException | None = error
    while chain is not None:
        words += [str(chain), repr(chain), repr(chain.args)]
        chain = chain.__cause__ or chain.__context__
    return words


@pytest.mark.parametrize("name", [*FAULTS, *URLS])
async def test_the_token_is_in_no_error_and_no_log(
    telegram: FakeTelegram, transport: AiohttpRequest, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    if name in FAULTS:
        telegram.fail("*", FAULTS[name])
    caplog.set_level(logging.DEBUG)
    api = RawApi(transport, URLS.get(name, telegram.url), Secret(TOKEN))
    with pytest.raises(TelegramError) as caught:
        await api.call("sendMessage", {"chat_id": 1}, read_timeout=0.2)
    secret = TOKEN.split(":")[1]
    assert [word for word in said_about(caught.value, caplog.text) if secret in word] == []
    assert secret not in repr(transport) + repr(api)


async def test_the_token_is_not_in_the_error_of_a_broken_upload(
    transport: AiohttpRequest, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.transport.abort()

    caplog.set_level(logging.DEBUG)
    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(NetworkError) as caught:
            await bot_over(transport, url).send_document(7, bytes(32 << 20))
    secret = TOKEN.split(":")[1]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("telegram")]
    assert [word for word in said_about(caught.value, "".join(ours)) if secret in word] == []
