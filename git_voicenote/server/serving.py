"""Run the service from start to end."""

from __future__ import annotations

import asyncio
import html
import logging
import os
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

from git_voicenote import files
from git_voicenote.errors import EngineError, StoreError
from git_voicenote.log import Log
from git_voicenote.server.access.addresses import ListenAddress, check_address, listening
from git_voicenote.server.access.connections import is_of_client, server_config
from git_voicenote.server.access.guard import LOOPBACK_NAMES, Access
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.access.tokens import new_token, read_token
from git_voicenote.server.decoding.decoder import Decoder
from git_voicenote.server.monitoring.metrics import Metrics
from git_voicenote.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from starlette.types import ASGIApp

    from git_voicenote.server.decoding.messages import Start
    from git_voicenote.server.jobs.runner import JobRunner

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """How the service is started.

    `state` is the folder below which uploads are kept. `announce` is called with the link when the
    service answers, `warn` with messages for the person who started it, and `browse`, if given,
    with the address of a page that redirects a browser to the link.
    """

    start: Start
    state: Path
    announce: Callable[[str], None]
    warn: Callable[[str], None]
    address: ListenAddress = field(default_factory=ListenAddress)
    token_file: Path | None = None
    browse: Callable[[str], object] | None = None
    limits: ServiceLimits = field(default_factory=ServiceLimits)


def serve(serving: Serving) -> None:
    """Answer requests until a signal. Raises VoicenoteError."""
    check_address(serving.address, has_token_file=serving.token_file is not None)
    token = new_token() if serving.token_file is None else read_token(serving.token_file)
    _check_tls(serving.address)
    handler = _Warnings(serving.warn)
    logging.getLogger("uvicorn").addHandler(handler)
    try:
        asyncio.run(answer_requests(serving, token))
    finally:
        logging.getLogger("uvicorn").removeHandler(handler)


async def answer_requests(serving: Serving, token: str) -> None:
    """Answer the requests of everybody with the token, until a signal or a cancellation."""
    async with AsyncExitStack() as stack:
        bound = stack.enter_context(listening(serving.address, os.environ))
        files.private_folder(serving.state)
        spool = stack.enter_context(files.work_folder(serving.state, "uploads-"))
        # importing the routes takes as long as starting the engine process, so both run at once
        importing = asyncio.create_task(asyncio.to_thread(_import_routes))
        decoder = await stack.enter_async_context(Decoder(serving.start))
        if decoder.info.server == bound.link:
            raise EngineError(
                "the engine remote would send the sound back to this service",
                hint="name another one with --engine",
            )
        if decoder.info.server:
            serving.warn(f"the sound is sent to {decoder.info.server}")
        application, running_jobs = await importing
        metrics = Metrics()
        jobs = await stack.enter_async_context(
            running_jobs(serving.state, decoder, metrics, serving.warn)
        )
        access = Access(token, LOOPBACK_NAMES | {bound.name})
        at_end = await stack.enter_async_context(AsyncExitStack())
        service = Service(
            decoder=decoder,
            access=access,
            spool=spool,
            folder=serving.start.folder,
            state=serving.state,
            warn=serving.warn,
            at_end=at_end,
            jobs=jobs,
            limits=serving.limits,
            metrics=metrics,
        )
        stack.callback(service.workers.close)
        link = bound.link if serving.token_file else f"{bound.link}/#token={token}"
        server = _Server(
            server_config(application(service), service.limits, serving.address.tls),
            service.limits.head,
            lambda: _announce(serving, link, spool),
            jobs.changes.close if jobs else None,
        )
        await server.serve([bound.socket])


def _import_routes() -> tuple[
    Callable[[Service], ASGIApp],
    Callable[
        [Path, Decoder, Metrics, Callable[[str], None]],
        AbstractAsyncContextManager[JobRunner | None],
    ],
]:
    from git_voicenote.server.application import application
    from git_voicenote.server.jobs.runner import running_jobs

    return application, running_jobs


def _announce(serving: Serving, link: str, spool: Path) -> None:
    serving.announce(link)
    if serving.browse is not None:
        # the arguments of a browser are visible to others, so they may not contain the token
        page = spool / "open.html"
        redirect = f'<meta http-equiv="refresh" content="0;url={html.escape(link)}">'
        files.create(page, redirect.encode())
        serving.browse(page.as_uri())


def _check_tls(address: ListenAddress) -> None:
    if address.tls is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*address.tls)
    except OSError as exc:  # ssl.SSLError is one
        certificate, key = address.tls
        raise StoreError(
            f"{certificate} and {key} are not a certificate and its key: {exc.strerror or exc}",
            hint="both are PEM files, and the key has no password",
        ) from exc


class _Server(uvicorn.Server):
    """A server that reports when it is ready.

    A client has `handshake` seconds for that of TLS.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        handshake: float,
        answers: Callable[[], None],
        stops: Callable[[], None] | None,
    ) -> None:
        super().__init__(config)
        self._handshake = handshake
        self._answers = answers
        self._stops = stops

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen as uvicorn does, which cannot limit the time of a handshake: it takes a minute."""

        def connection() -> asyncio.Protocol:
            return self.config.http_protocol_class(  # type: ignore[call-arg] # uvicorn's own
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )

        self.servers = [
            await asyncio.get_running_loop().create_server(
                connection,
                sock=one,
                backlog=self.config.backlog,
                ssl=self.config.ssl,
                ssl_handshake_timeout=self._handshake if self.config.ssl else None,
            )
            for one in sockets or ()
        ]
        self.started = True

    async def main_loop(self) -> None:
        self._answers()
        await super().main_loop()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        if self._stops is not None:
            self._stops()  # streams that would last as long as a job
        await super().shutdown(sockets)


class _Warnings(logging.Handler):
    """Reports uvicorn's warnings, but not those that any client can cause in any number."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._warn = warn

    def emit(self, record: logging.LogRecord) -> None:
        if is_of_client(record):
            return
        message = record.getMessage().strip()
        if record.exc_info and record.exc_info[1]:
            _log.failed(message, record.exc_info[1])
        self._warn(message)
