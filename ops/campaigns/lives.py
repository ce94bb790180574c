"""The bot of a stack as one short life after the other, each killed at will.

They are forks of `python -m ops.campaigns.order_child`, which has imported everything.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from ops.campaigns.order_child import NEVER
from ops.forked import PipedProcess, piped
from ops.stack import PATIENCE, DriverError, Stack

CHILD: Final = ("ops.campaigns.order_child",)
_LONGEST: Final = 4 * PATIENCE  # seconds, for a start on a machine that has a lot to do


@dataclass(slots=True)
class Lives:
    """One life after the other, of which `pid` is the newest; `death` ends with it."""

    stack: Stack
    server: PipedProcess
    said: asyncio.StreamReader
    pid: int = 0
    death: "asyncio.Future[str]" = field(init=False, repr=False)

    async def begin(self, kind: str = "any", steps: int = NEVER) -> None:
        """Begin a life that dies at that step of its kind; return when it is ready, or dead already."""
        self.server.to.write(f"{kind} {steps}\n".encode())
        self.server.to.flush()
        async with asyncio.timeout(_LONGEST):
            self.pid = int((await self._line("born")).split()[1])
            line = await self._line("ready", "dead")
        if line.startswith("ready"):
            self.death = asyncio.create_task(self._line("dead"), name="a life's end")
        else:
            self.death = asyncio.get_running_loop().create_future()
            self.death.set_result(line)

    async def until_dead(self, *, most: float) -> None:
        """Wait for its own end for so many seconds, then end it. Raises DriverError where it ended otherwise."""
        await asyncio.wait({self.death}, timeout=most)
        code = await self.end()
        if code != -signal.SIGKILL:
            raise DriverError(f"a life ended with {code}:\n{self.stack.log('bot')[-3000:]}")

    async def end(self, number: int = signal.SIGKILL) -> int:
        """End the life if it goes on; its exit code."""
        if not self.death.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        return int((await self.death).split()[1])

    async def _line(self, *words: str) -> str:
        """The next one, which begins with one of the words."""
        line = (await self.said.readline()).decode()
        if not line.startswith(words):
            raise DriverError(f"the server of lives said {line!r}:\n{self.stack.log('bot')[-3000:]}")
        return line


@asynccontextmanager
async def lives_of(stack: Stack, child: Sequence[str] = CHILD) -> AsyncIterator[Lives]:
    """The bot of the stack makes way for them. `child`: the module that leads them, and its arguments.

    Another one than CHILD has its own ideas of what it imports, and is no fork.
    """
    await stack.end_bot()
    stack.processes.pop("bot")
    with (
        (stack.folder / "bot.log").open("ab") as log,
        piped(*child, env=stack.environment, stderr=log.fileno(), is_forked=child == CHILD) as server,
    ):
        said = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), server.by)
        try:
            yield Lives(stack, server, said)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGKILL)  # and the life that it may have begun
            transport.close()
