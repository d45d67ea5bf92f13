"""The address of the service: this machine, a unix socket, or the network with TLS."""

from __future__ import annotations

import ipaddress
import os
import socket
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError, UsageError, VoicenoteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
"""The addresses that only this machine reaches, and the one to bind for each."""
_SYSTEMD_FIRST = 3
_BACKLOG = 128


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An address to listen on: a host and a port, or a unix socket. `tls` is a certificate and its
    key.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    socket: Path | None = None
    tls: tuple[Path, Path] | None = None


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A listening socket, its link, and its host as in a Host header."""

    socket: socket.socket
    link: str
    name: str


def check_address(address: ListenAddress, *, has_token_file: bool) -> None:
    """Raise UsageError for an address that others can reach, unless it has a token file and TLS."""
    if address.socket is not None or address.host in LOOPBACK:
        return
    with suppress(ValueError):
        if ipaddress.ip_address(address.host).is_unspecified:
            raise UsageError(
                f"{address.host} is every address of this machine",
                hint="name the one that others are to use, or its host name",
            )
    if address.tls is None or not has_token_file:
        raise UsageError(
            f"{address.host} can be reached from other machines: that needs --token-file, "
            "--tls-cert and --tls-key",
            hint="or listen here only, and forward a port: `ssh -L 7860:127.0.0.1:7860 HOST`",
        )


@contextmanager
def listening(address: ListenAddress, environment: Mapping[str, str]) -> Iterator[BoundSocket]:
    """Listen while the context lasts, on a socket passed by systemd, if any.

    Raises VoicenoteError if that fails.
    """
    handed = _from_systemd(environment)
    if handed is not None:
        with handed:
            yield _bound(handed, address)
    elif address.socket is not None:
        with _unix_socket(address.socket) as bound:
            yield _bound(bound, address)
    else:
        with _tcp_socket(address) as bound:
            yield _bound(bound, address)


def _bound(found: socket.socket, address: ListenAddress) -> BoundSocket:
    if found.family == socket.AF_UNIX:
        return BoundSocket(found, "http://localhost", "localhost")
    host = f"[{address.host}]" if ":" in address.host else address.host
    scheme = "https" if address.tls else "http"
    return BoundSocket(found, f"{scheme}://{host}:{found.getsockname()[1]}", host.lower())


def _tcp_socket(address: ListenAddress) -> socket.socket:
    host = LOOPBACK.get(address.host, address.host)
    try:
        found = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(found[0], found[1])
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(found[4])
            made.listen(_BACKLOG)
        except BaseException:
            made.close()
            raise
    except (OSError, OverflowError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise VoicenoteError(
            f"port {address.port} of {address.host} cannot be listened on: {reason}",
            hint="--port chooses another one; 0 is any that is free",
        ) from exc
    return made


@contextmanager
def _unix_socket(path: Path) -> Iterator[socket.socket]:
    """Listen on a socket that only its owner can connect to."""
    _remove_dead(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        before = os.umask(0o177)  # from the start, which chmod cannot ensure
        try:
            made.bind(os.fspath(path))
        except OSError as exc:
            raise StoreError(
                f"the socket {path} cannot be created: {exc.strerror or exc}",
                hint="it needs a folder that is there, and at most 107 bytes",
            ) from exc
        finally:
            os.umask(before)
        try:
            made.listen(_BACKLOG)
            yield made
        finally:
            path.unlink(missing_ok=True)


def _remove_dead(path: Path) -> None:
    """Remove the socket of a service that was killed. Raises StoreError for anything else."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # it does not exist, or bind reports what is wrong
        return
    if not stat.S_ISSOCK(mode):
        raise StoreError(
            f"{path} exists and is not a socket", hint="name another path with --socket"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as exc:
            raise StoreError(f"the socket {path} cannot be used: {exc.strerror}") from exc
    raise StoreError(f"another service listens on {path}", hint="stop it, or use that one")


def _from_systemd(environment: Mapping[str, str]) -> socket.socket | None:
    """Return the socket that systemd opened for us (sd_listen_fds(3)), or None."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return None
    if environment.get("LISTEN_FDS") != "1":
        raise VoicenoteError("systemd passed more than one socket; the service listens on one")
    found = socket.socket(fileno=_SYSTEMD_FIRST)
    if found.family != socket.AF_UNIX and found.getsockname()[0] not in LOOPBACK:
        found.close()
        raise VoicenoteError(
            "other machines can reach the socket that systemd passed",
            hint="ListenStream= may be a path, or 127.0.0.1 with a port",
        )
    return found
