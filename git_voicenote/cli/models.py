"""git voicenote models: list, fetch, import, verify and find the models of the nano engine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.console import print_json, say, settings, warn
from git_voicenote.engines.model_kinds import KINDS, installed_models, kind_of
from git_voicenote.engines.nano.installed import PREFERRED, find_model
from git_voicenote.errors import EngineError, NegativeAnswer
from git_voicenote.models.installed import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.models.importing import Imported
    from git_voicenote.models.installed import ModelRecord, Progress

_HOW = (
    f"`git voicenote models fetch` brings {PREFERRED} (1.7 GB) from the network; "
    "`git voicenote models import FOLDER` takes one that is on this machine"
)


@click.group()
def models() -> None:
    """List, fetch, import and check the models of the nano engine.

    They are kept in $XDG_DATA_HOME/git-voicenote/models. Only `fetch` uses the network.
    """


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_models(as_json: bool) -> None:
    """List the installed models.

    A star stands before the one that is used. Exits with 1 where there is none.
    """
    used = _used()
    found = [(folder, _record(folder)) for folder in installed_models()]
    if as_json:
        print_json(
            {
                "used": str(used) if used else None,
                "models": [_as_json(folder, record) for folder, record in found],
            }
        )
    else:
        width = max((len(folder.name) for folder, _ in found), default=0)
        for folder, record in found:
            star = "*" if used and folder.samefile(used) else " "
            click.echo(f"{star} {folder.name:{width}}  {_summary(folder, record)}")
    if not found:
        raise NegativeAnswer("no model is installed", hint=_HOW)
    if used and all(folder != used for folder, _ in found):
        say(f"voicenote.model selects {used}")


@models.command()
@click.argument("model", default=PREFERRED, metavar="[NAME|ORG/REPOSITORY]")
@click.option("--revision", help="A commit, a tag or a branch, instead of the one that is known.")
@click.option("--name", help="What to call it here.")
def fetch(model: str, revision: str | None, name: str | None) -> None:
    """Fetch a model from the network and install it.

    It comes from Hugging Face's hub, or the mirror that HF_ENDPOINT names. Without a name, that is
    Fun-ASR-Nano-2512: Chinese, English and Japanese. The other is Fun-ASR-MLT-Nano-2512: 31
    languages. A download that breaks off is taken up again by the next call.
    """
    from git_voicenote.engines.nano import fetching
    from git_voicenote.engines.nano.installed import require_libraries
    from git_voicenote.models.importing import target_folder

    require_libraries()
    target_folder(name or fetching.name_of(model))  # nothing is fetched for a name that is taken
    plan = fetching.plan_fetch(model, revision)
    say(f"fetching {plan.repository} from {plan.host}, revision {plan.commit}:")
    for file in plan.files:
        say(f"  {_size(file.size):>9}  {file.path}")
    here = f", of which {_size(plan.present)} are here" if plan.present else ""
    say(f"  {_size(plan.size):>9}  in all{here}")
    with _progress() as progress:
        fetching.fetch(plan, progress)
        imported = fetching.install(plan, name, progress)
    _report(imported)


@models.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it; by default as its folder or archive is called.")
def import_(path: Path, name: str | None) -> None:
    """Install a model from a folder or archive.

    The archive may be tar, tar.gz, tar.bz2, tar.xz or zip. It takes what is published for
    transformers (config.json, model.safetensors) and FunASR's own files (config.yaml, model.pt,
    Qwen3-0.6B/), always with the tokenizer. They are only read.
    """
    from git_voicenote.models.importing import import_model

    with _progress() as progress:
        imported = import_model(path, name, kinds=KINDS, progress=progress)
    _report(imported)


@models.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Check the files of a model.

    They are compared with what was installed, and looked into. NAME is an installed model or a
    folder; without it, it is the model that is used. Exits with 1 where something is wrong.
    """
    folder = _chosen(name)
    with _progress() as progress:
        wrong = kind_of(folder).verify(folder, progress)
    if wrong:
        for sentence in wrong[1:]:
            say(f"error: {sentence}")
        raise NegativeAnswer(wrong[0], hint="fetch or import the model once more, with `--name`")
    if _record(folder) is None:
        say("nothing is written down of its files: names, shapes and the tokenizer were checked")
    click.echo(f"{folder.name}: all is as it should be")


@models.command()
@click.argument("name", required=False)
def path(name: str | None) -> None:
    """Print the folder of a model.

    Without NAME, that of the one that is used.
    """
    click.echo(_chosen(name))


def _used() -> Path | None:
    try:
        return find_model(settings().model)
    except EngineError as exc:
        warn(f"voicenote.model: {exc.message}")
        return None


def _chosen(name: str | None) -> Path:
    folder = find_model(name or settings().model)
    if folder is None:
        raise NegativeAnswer("no model is installed", hint=_HOW)
    return folder


def _record(folder: Path) -> ModelRecord | None:
    try:
        return read_record(folder)
    except EngineError as exc:
        warn(exc.message)
        return None


def _summary(folder: Path, record: ModelRecord | None) -> str:
    if record is None:
        return f"{_size(_bytes(folder))}  (not installed by this program)"
    revision = f"@{record.revision[:12]}" if record.revision else ""
    return (
        f"{_parameters(record, '  ')}{_size(record.size)}  "
        f"{record.layout} layout, from {record.source}{revision}"
    )


def _as_json(folder: Path, record: ModelRecord | None) -> dict[str, object]:
    return {
        "name": folder.name,
        "path": str(folder),
        "size": record.size if record else _bytes(folder),
        **({"record": asdict(record)} if record else {"record": None}),
    }


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def _report(imported: Imported) -> None:
    record = imported.record
    if imported.left_out:
        kinds = ", ".join(sorted({name.split(".")[0] for name in imported.left_out}))
        count = len(imported.left_out)
        say(
            f"left out: {count} {'tensor' if count == 1 else 'tensors'} of {kinds}, which the "
            "engine has no use for"
        )
    say(
        f"installed {imported.folder.name}: {_parameters(record, ', ')}{_size(record.size)}, "
        f"licence {record.licence or 'not stated'}"
    )
    click.echo(imported.folder)


def _parameters(record: ModelRecord, separator: str) -> str:
    """Return how many parameters a model has, and a separator; nothing where it is not known."""
    number = record.parameters
    if number is None:
        return ""
    count = f"{number / 1e6:.0f} M" if number >= 1e6 else str(number)
    return f"{count} parameters{separator}"


def _size(count: int) -> str:
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= power:
            return f"{count / power:.{2 if unit == 'GB' else 0}f} {unit}"
    return f"{count} B"


@contextmanager
def _progress() -> Iterator[Progress]:
    """Give what shows progress: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]  # rich's own id

        yield show
