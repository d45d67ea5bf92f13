"""Try one input after another: what may be raised is ours, and nothing takes long."""

from __future__ import annotations

import resource
import signal
import time
import traceback
from typing import TYPE_CHECKING

from benchmarks.attack.counting import stop_waiting, wait
from benchmarks.attack.tally import Tally
from git_voicenote.errors import VoicenoteError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

_MEMORY = 8 << 30
"""Bytes of address space: torch alone takes some."""


def try_all(inputs: Iterable[tuple[str, Callable[[], object]]]) -> Tally:
    """Try inputs, each with what describes it, and count, until Ctrl-C if that comes first."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.RLIM_INFINITY))
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, _give_up)
    tried = exceptions = hangs = 0
    worst = 0.0
    samples: list[str] = []
    for description, attempt in inputs:
        tried += 1
        began = time.monotonic()
        wait()
        try:
            attempt()
        except VoicenoteError:
            pass
        except KeyboardInterrupt:
            tried -= 1
            break
        except _GivenUpError:
            hangs += 1
            samples.append(f"{description}: given up")
        except Exception as exc:  # noqa: BLE001 - it is what is looked for
            exceptions += 1
            where = traceback.extract_tb(exc.__traceback__)[-1]
            words = f"{type(exc).__name__}: {str(exc)[:100]}"
            samples.append(f"{description}: {words} ({where.filename}:{where.lineno})")
        finally:
            stop_waiting()
        worst = max(worst, time.monotonic() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Tally(tried, exceptions, hangs, worst, peak, tuple(samples))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with some of them changed, removed, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        size = chance.choice((1, 1, 2, 4, 8, 64))
        match chance.randrange(6):
            case 0:
                changed[at : at + size] = chance.randbytes(size)
            case 1:
                changed[at : at + size] = chance.choice((b"\0", b"\xff", b"\x7f")) * size
            case 2:
                del changed[at : at + size]
            case 3:
                changed[at:at] = changed[at : at + size * 4]
            case 4:
                del changed[at:]
            case _:
                head = min(at, 256)  # where most formats say how long things are
                changed[head : head + size] = chance.randbytes(size)
    return bytes(changed)


ODD_VALUES: tuple[object, ...] = (
    None, True, False, -1, 0, 1, 2, 3, 7, 10**6, 10**9, 10**18, 10**30, 2**31, 2**32, 2**63, 2**64,
    -(2**63), 0.5, 1e-320, 1e308, float("inf"), float("nan"), "", "x", "12", "9" * 5000, "\ud800",
    "\0", "../x", [], [1], [[]], {}, {"a": 1}, [0] * 1000,
)  # fmt: skip


def altered(value: object, chance: random.Random) -> object:
    """Return a JSON value in which one part was replaced by something odd, or removed."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        rest = {name: part for name, part in value.items() if name != key}
        if chance.random() < 0.1:
            return rest
        return {**value, key: altered(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], altered(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD_VALUES)


def _give_up(_signal: int, _frame: object) -> None:
    raise _GivenUpError


class _GivenUpError(BaseException):
    """An input took too long."""
