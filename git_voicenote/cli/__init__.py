"""The command line: it parses arguments, calls a workflow, and prints the result.

Each command has its own module, imported when it is called, so that `git voicenote -h` and the
hook's fast paths import none of the others.
"""

from __future__ import annotations

import atexit
import errno
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.errors import Cancelled, Terminated, VoicenoteError
from git_voicenote.log import log_failing_threads, start_tracing
from git_voicenote.terminal.console import flush, print_error, say, say_unwrapped, warn
from git_voicenote.terminal.jobs.signals import end_by, handle_signals
from git_voicenote.terminal.streams import drop, prepare_streams

if TYPE_CHECKING:
    from typing import NoReturn

VERBOSE = ("-v", "--verbose")
"""Options before the command that turn the trace on."""
_INTERRUPTED = 130
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main() -> None:
    """Run the command line and exit as git does: 0, 1, 128, 129 or 130.

    If a signal ends the program, it cleans up and then kills itself with that signal.
    """
    prepare_streams()
    handle_signals()
    arguments = sys.argv[1:]
    is_verbose = False
    while arguments and arguments[0] in VERBOSE:
        is_verbose, arguments = True, arguments[1:]
    start_tracing(os.environ, verbose=is_verbose, say=say_unwrapped)
    log_failing_threads(warn)
    try:
        status = _run(arguments)
    except Terminated as exc:
        _finish()
        end_by(exc.number)
    _leave(status)


def _leave(status: int) -> NoReturn:
    """Exit without waiting for an engine that is still computing.

    When Python exits, it takes its lock from the remaining threads; one that then returns from C++
    aborts the process (torch does: SIGABRT instead of the 130 of a Ctrl-C).
    """
    try:
        sys.stderr.flush()
    except OSError:  # the disk is full: Python would try again, and exit with 120
        drop(sys.stderr)
    if any(thread.daemon for thread in threading.enumerate()):
        _finish()
        os._exit(status)
    sys.exit(status)


def _finish() -> None:
    """Do the necessary parts of Python's own exit."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()


def _run(arguments: list[str]) -> int:
    try:
        status = run_command(arguments)
        # report a full disk here, not when Python exits; a closed stdout is not an error
        flush()
    except BrokenPipeError:
        # the reader of our stdout went away (`| head`): keep Python from complaining at exit
        drop(sys.stdout)
        return 0
    except OSError as exc:
        # errors of files have a filename; without one, it is an error of standard output
        if exc.errno not in _NO_ROOM or exc.filename is not None:
            return _unexpected(exc)
        drop(sys.stdout)
        say(f"error: standard output cannot be written: {exc.strerror}")
        return VoicenoteError.exit_code
    return status


def _unexpected(error: Exception) -> int:
    from git_voicenote.terminal.unexpected import report_unexpected

    report_unexpected(error)
    return VoicenoteError.exit_code


def run_command(arguments: list[str]) -> int:
    """Run a command, print its error, if any, and return its exit status.

    Raises OSError, which may be an error of standard output.
    """
    try:
        return _call(arguments)
    except (KeyboardInterrupt, Cancelled):
        say("")
        return _INTERRUPTED
    except VoicenoteError as exc:
        print_error(exc)
        return exc.exit_code
    except OSError:
        raise  # it may be an error of standard output
    except Exception as exc:  # noqa: BLE001 - the one place for unexpected errors
        return _unexpected(exc)


def _call(arguments: list[str]) -> int:
    """Run the named command and return its exit status."""
    if "--help" in arguments:
        from git_voicenote.cli.help import asks_for_page, show_asked

        if asks_for_page(arguments):
            return show_asked(arguments)
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is not None and command.takes_all:
        # click has nothing to parse, and importing it takes longer than everything else before git
        status: int = command.load()(tuple(arguments[1:]))
        return status
    from git_voicenote.cli.parsing.root import run

    return run(arguments)
