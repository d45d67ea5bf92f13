"""Folders with models whose configurations, headers, pickles and tokenizers were mutated.

    python -m benchmarks.attack.models 1200

The sample is the tiny checkpoint of the examples. Each is imported, verified and loaded.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attack.tally import Tally, main
from benchmarks.attack.trials import altered, mutated, try_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SAMPLE = Path(__file__).parents[2] / "examples/nano-tiny/hf"
_JSON = ("config.json", "tokenizer_config.json", "Qwen3-0.6B/config.json")
_MOONSHINE = ("encoder_model.onnx", "decoder_model_merged.onnx", "tokenizer.bin")


def run(count: int, seed: int) -> Tally:
    """Try so many folders: what cannot be imported is verified and loaded as it is, too."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_DATA_HOME"] = f"{scratch}/data"
        os.environ["XDG_CACHE_HOME"] = f"{scratch}/cache"
        samples = _samples(Path(scratch))
        return try_all(_inputs(count, chance, samples, Path(scratch)))


def _samples(scratch: Path) -> tuple[Path, ...]:
    """Return a folder of each layout."""
    from tests.engines.moonshine.graphs import write_model
    from tests.engines.nano import checkpoints as made

    tensors = made.random_tensors()
    old = made.original(tensors)
    return (
        _SAMPLE,
        made.write_flat(scratch / "flat", tensors),
        made.write_sharded(scratch / "sharded", tensors),
        made.write_original(scratch / "original", old),
        write_model(scratch / "moonshine"),
    )


def _inputs(
    count: int, chance: random.Random, samples: tuple[Path, ...], scratch: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    for number in range(count):
        sample = samples[number % len(samples)]
        files = sorted(path for path in sample.rglob("*") if path.is_file())
        path = chance.choice(files)
        name = str(path.relative_to(sample))
        content = _changed(name, path.read_bytes(), chance)
        folder = scratch / "tried"
        yield (
            f"{number}: {sample.name}/{name} {content[:60]!r}",
            partial(_try, folder, sample, {name: content}),
        )


def _changed(name: str, content: bytes, chance: random.Random) -> bytes:
    if name in _JSON and chance.random() < 0.8:
        return json.dumps(altered(json.loads(content), chance)).encode("utf-8", "surrogatepass")
    if name.endswith("index.json") and chance.random() < 0.5:
        return json.dumps(altered(json.loads(content), chance)).encode("utf-8", "surrogatepass")
    if name.endswith(".safetensors") and chance.random() < 0.7:
        size = int.from_bytes(content[:8], "little")
        header = altered(json.loads(content[8 : 8 + size]), chance)
        text = json.dumps(header).encode("utf-8", "surrogatepass")
        length = chance.choice((len(text), len(text), len(text), 2**63, 2**40, 0))
        return length.to_bytes(8, "little") + text + content[8 + size :]
    if name.endswith(".yaml") and chance.random() < 0.8:
        import yaml

        written: str = yaml.safe_dump(altered(yaml.safe_load(content), chance))
        return written.encode("utf-8", "surrogatepass")
    return mutated(content, chance)


def _try(folder: Path, sample: Path, changes: Mapping[str, bytes]) -> None:
    from git_voicenote.engines.model_kinds import KINDS
    from git_voicenote.engines.nano.engine import load_model
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.models.importing import import_model, model_kind_of

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sample, folder)
    for name, content in changes.items():
        (folder / name).unlink()  # a sample may be linked to
        (folder / name).write_bytes(content)
    kind = model_kind_of(folder, KINDS)
    if kind is not None:
        with suppress(VoicenoteError):
            kind.verify(folder, lambda *_: None)
        if kind.engine == "nano":
            with suppress(VoicenoteError):
                load_model(folder, "cpu")
    imported = import_model(folder, "tried", kinds=KINDS)
    shutil.rmtree(imported.folder)


if __name__ == "__main__":
    main(run, 1200)
