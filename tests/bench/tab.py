"""A browser tab without the browser: Streamlit's WebSocket protocol, as far as opening a page and choosing a level."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60  # seconds for one script run


@dataclass(slots=True)
class Run:
    """What one script run sent: milliseconds from our message to its end, bytes, and the words on what it drew."""

    milliseconds: float = 0.0
    size: int = 0
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Radio:
    """A group of levels as drawn: the widget's id, its options in order, the fragment that it stands in."""

    id: str
    options: tuple[str, ...]
    fragment: str


class Tab:
    """One session of its own; use `tab()`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._state = ClientState()
        self.radios: dict[str, Radio] = {}

    async def visit(self, page: str, **query: str) -> Run:
        """Run a whole page as after loading its address; `page` is its path, '' the first one."""
        self.radios.clear()
        self._state = ClientState(page_name=page, query_string=urlencode(query))
        return await self._run(self._state)

    async def choose(self, key: str, place: int) -> Run:
        """Choose the option at `place` of the radio whose key ends in `key`: reruns the fragment that it stands in alone."""
        radio = next(radio for known, radio in self.radios.items() if known.endswith(key))
        changed = WidgetStates(widgets=[WidgetState(id=radio.id, string_value=radio.options[place])])
        state = ClientState(fragment_id=radio.fragment, widget_states=changed)
        state.page_script_hash, state.query_string = self._state.page_script_hash, self._state.query_string
        return await self._run(state)

    async def _run(self, state: ClientState) -> Run:
        run, start = Run(), perf_counter()
        async with asyncio.timeout(PATIENCE):
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
            while not self._take(await self._socket.recv(decode=False), run):
                pass
        run.milliseconds = (perf_counter() - start) * 1000
        return run

    def _take(self, data: bytes, run: Run) -> bool:
        """Look at one message; was it the last of the run?"""
        message = ForwardMsg.FromString(data)
        run.size += len(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._state.page_script_hash = message.new_session.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._draw(message.delta, run)
        # A run that ends early begins again by itself.
        return bool(kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)

    def _draw(self, delta: Delta, run: Run) -> None:
        element = delta.new_element
        kind = str(element.WhichOneof("type"))
        drawn = getattr(element, kind)
        if kind == "radio":
            self.radios[drawn.id] = Radio(drawn.id, tuple(drawn.options), delta.fragment_id)
        run.words += [str(getattr(drawn, name)) for name in ("body", "label") if hasattr(drawn, name)]


@asynccontextmanager
async def tab(port: int) -> AsyncIterator[Tab]:
    """A tab at the server on `port` of this machine; its session ends with it."""
    async with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", origin=Origin(f"http://127.0.0.1:{port}"), subprotocols=[Subprotocol("streamlit")],
        compression=None, max_size=None, open_timeout=PATIENCE, proxy=None,
    ) as socket:  # fmt: skip
        yield Tab(socket)
