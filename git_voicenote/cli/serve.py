"""`git voicenote serve`: the local service."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click
from click.core import ParameterSource

from git_voicenote.cli.parsing.usage import at_most_one
from git_voicenote.errors import VoicenoteError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.terminal.console import flush, put_product, say, settings, warn
from git_voicenote.workflows.hearing.archive import state_root

_FILE = click.Path(path_type=Path)
_EXTRA = frozenset({"starlette", "uvicorn", "python_multipart", "h11", "anyio"})


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7860, show_default=True,
    help="The port; 0 means any free port.",
)  # fmt: skip
@click.option("--socket", type=_FILE, metavar="PATH", help="Listen on a unix socket instead.")
@click.option(
    "--token-file",
    type=_FILE,
    metavar="FILE",
    help="Read the token from FILE, which only you may be able to read.",
)
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="The certificate, for https.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="The certificate's key.")
@click.option("--engine", help="The speech engine.")
@click.option("--language", help="The default language of requests: en, zh, ...")
@click.option(
    "--vocabulary/--no-vocabulary", default=None,
    help="Pass the repository's terms to the engine (default: voicenote.vocabulary).",
)  # fmt: skip
@click.option("--open", "is_opened", is_flag=True, help="Open the link in a browser.")
def serve(
    *,
    host: str,
    port: int,
    socket: Path | None,
    token_file: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    engine: str | None,
    language: str | None,
    vocabulary: bool | None,
    is_opened: bool,
) -> None:
    """Serve OpenAI's speech API on this machine.

    It prints a link; the text after `#token=` is the API key. The service listens on 127.0.0.1, or
    on a socket that only you can connect to. Any other address requires --token-file, --tls-cert
    and --tls-key.

    Files are transcribed one at a time. The model is unloaded after voicenote.server.idle
    seconds without work. In a repository, its terms are passed to the engine, as with record.
    """
    given = click.get_current_context().get_parameter_source
    for name in ("host", "port", "tls_cert"):
        at_most_one(socket=socket, **{name: given(name) == ParameterSource.COMMANDLINE})
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    try:
        from git_voicenote.server.access.addresses import ListenAddress
        from git_voicenote.server.decoding.messages import Start
        from git_voicenote.server.serving import Serving
        from git_voicenote.server.serving import serve as run
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise VoicenoteError(
            f"the service needs {exc.name}, which is not installed",
            hint="pip install 'git-voicenote[server]'",
        ) from exc
    chosen = settings(engine=engine, language=language, vocabulary=vocabulary)
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    address = ListenAddress(host.lower(), port, socket and socket.absolute(), tls)
    if socket is not None:
        say(f"listening on {socket}, for you alone")
    run(
        Serving(
            Start(Path.cwd(), chosen),
            state_root(repository_if_any()),
            announce=_announce,
            warn=warn,
            address=address,
            token_file=token_file,
            browse=webbrowser.open if is_opened else None,
        )
    )


def _announce(link: str) -> None:
    put_product(f"{link}\n")
    flush()
