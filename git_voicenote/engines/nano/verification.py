"""Compare an installed model with what was written down when it was installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.engines.nano.checkpoint import open_checkpoint
from git_voicenote.engines.nano.hashing import sha256_of
from git_voicenote.engines.nano.importing import check_output_layer
from git_voicenote.engines.nano.installed import RECORD, read_record, require_libraries
from git_voicenote.engines.nano.tokenizer_files import read_tokenizer
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.engines.nano.installed import ModelRecord

    Progress = Callable[[str, int, int], None]


def verify_model(folder: Path, progress: Progress = lambda *_: None) -> tuple[str, ...]:
    """Return what is wrong with a model, in sentences; nothing where all is right.

    Sizes and hashes are compared where the model has a record; names, shapes and the tokenizer
    are checked in any case.
    """
    require_libraries()
    record = read_record(folder)
    wrong = tuple(_wrong_files(folder, record, progress)) if record else ()
    return wrong or tuple(_wrong_content(folder))


def _wrong_files(folder: Path, record: ModelRecord, progress: Progress) -> Iterator[str]:
    before = 0
    for name, file in record.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{path} is gone"
        elif (size := path.stat().st_size) != file.size:
            yield f"{path} has {size} bytes; {file.size} were installed"
        elif sha256_of(path, _told(progress, before, record.size)) != file.sha256:
            yield f"{path} has changed since it was installed"
        before += file.size
    for path in sorted(folder.iterdir()):
        if path.name not in record.files and path.name != RECORD:
            yield f"{path} was not installed with the model"


def _wrong_content(folder: Path) -> Iterator[str]:
    try:
        checkpoint = open_checkpoint(folder)
        check_output_layer(checkpoint)
        read_tokenizer(checkpoint.tokenizer, checkpoint.architecture.decoder.vocabulary)
    except EngineError as exc:
        yield exc.message


def _told(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress("reading", before + done, total)
