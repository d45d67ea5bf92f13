"""git voicenote models: list, fetch, import, verify and find the models of the engines."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.parsing.groups import Group
from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.model_kinds import KINDS, find_model, installed_models, kind_of_model
from git_voicenote.engines.nano.checkpoint.installed import PREFERRED
from git_voicenote.engines.registry import used_model
from git_voicenote.errors import EngineError, NegativeAnswer
from git_voicenote.models.installed import models_dir, read_record
from git_voicenote.phrases import counted, size
from git_voicenote.terminal.console import print_json, put_product, report, say, settings, warn
from git_voicenote.terminal.drawing import shown_progress

if TYPE_CHECKING:
    from git_voicenote.models.importing import Imported
    from git_voicenote.models.installed import ModelRecord

_HOW = (
    f"`git voicenote models fetch` downloads {PREFERRED} (1.7 GB); "
    "`git voicenote models import FOLDER` installs one from this machine"
)


@click.group(cls=Group)
def models() -> None:
    """List, fetch, import and check the models of the engines.

    The model of moonshine comes with the installation. Others are stored in
    $XDG_DATA_HOME/git-voicenote/models. Only `fetch` uses the network.
    """


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_models(as_json: bool) -> None:
    """List the installed models, including the one that comes with the installation.

    A star marks the one in use. Exits with 1 if there is none.
    """
    used = _used()
    found = [_Listed(folder, _record(folder)) for folder in installed_models()]
    found += [_Listed(folder, None, is_embedded=True) for folder in _embedded()]
    if as_json:
        print_json(
            {
                "used": str(used) if used else None,
                "models": [_as_json(model) for model in found],
            }
        )
    else:
        width = max((len(model.folder.name) for model in found), default=0)
        for model in found:
            star = "*" if used and model.folder.samefile(used) else " "
            row = f"{star} {model.folder.name:{width}}  {_summary(model)}"
            report(row, hanging=width + 4)
    if not found:
        raise NegativeAnswer("no model is installed", hint=_HOW)
    if used and all(model.folder != used for model in found):
        say(f"voicenote.model selects {used}")


@models.command()
@click.argument("model", default=PREFERRED, metavar="[NAME|ORG/REPOSITORY]")
@click.option("--revision", help="A commit, tag or branch, instead of the known revision.")
@click.option("--name", help="The name to install it under.")
def fetch(model: str, revision: str | None, name: str | None) -> None:
    """Fetch a model of the nano engine from the network and install it.

    It comes from the Hugging Face hub, or from the mirror that HF_ENDPOINT names. The default is
    Fun-ASR-Nano-2512 (Chinese, English and Japanese); the other is Fun-ASR-MLT-Nano-2512 (31
    languages). If a download is interrupted, the same command resumes it.
    """
    from git_voicenote.engines.nano.checkpoint import fetching
    from git_voicenote.engines.nano.checkpoint.installed import require_libraries
    from git_voicenote.models.importing import target_folder

    require_libraries()
    target_folder(
        name or fetching.model_name_for(model)
    )  # do not download a model whose name is taken
    plan = fetching.plan_fetch(model, revision)
    say(f"fetching {plan.repository} from {plan.host}, revision {plan.commit}:")
    for file in plan.files:
        say(f"  {size(file.size):>9}  {file.path}")
    here = f", of which {size(plan.present)} have been downloaded" if plan.present else ""
    say(f"  {size(plan.size):>9}  in all{here}")
    with shown_progress(is_transfer=True) as progress:
        fetching.fetch(plan, progress)
        imported = fetching.install(plan, name, progress)
    _report(imported)


@models.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="Its name (default: that of the folder or archive).")
@click.option("--language", help="The language of a moonshine model, such as ja.")
def import_(path: Path, name: str | None, language: str | None) -> None:
    """Install a model from a folder or archive.

    The archive may be tar, tar.gz, tar.bz2, tar.xz or zip. For nano, it contains the files
    published for transformers (config.json, model.safetensors) or for FunASR (config.yaml,
    model.pt, Qwen3-0.6B/), with the tokenizer. For moonshine, it contains encoder_model.ort,
    decoder_model_merged.ort and tokenizer.bin; the language is that at the end of the name
    (tiny-ja), or English, unless --language is given. The original files are not changed.
    """
    from git_voicenote.models.importing import import_model

    with shown_progress(is_transfer=True) as progress:
        imported = import_model(path, name, kinds=KINDS, language=language, progress=progress)
    _report(imported)


@models.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Check the files of a model.

    They are compared with the hashes recorded at installation, and their content is checked. NAME
    is an installed model or a folder; the default is the model in use. Exits with 1 if something is
    wrong.
    """
    folder = _chosen(name)
    with shown_progress(is_transfer=True) as progress:
        wrong = kind_of_model(folder).verify(folder, progress)
    if wrong:
        for sentence in wrong[1:]:
            say(f"error: {sentence}")
        hint = "fetch or import the model again, with `--name`"
        if _is_embedded(folder):
            hint = "reinstall the package that contains it"
        raise NegativeAnswer(wrong[0], hint=hint)
    if _record(folder) is None and not _is_embedded(folder):
        say("no hashes were recorded for it: only names, shapes and the tokenizer were checked")
    report(f"{folder.name}: no problems found")


@models.command()
@click.argument("name", required=False)
def path(name: str | None) -> None:
    """Print the folder of a model.

    The default is the model in use.
    """
    put_product(_chosen(name))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A model in the list."""

    folder: Path
    record: ModelRecord | None
    is_embedded: bool = False


def _used() -> Path | None:
    try:
        return _used_model()
    except EngineError as exc:
        if settings().model:
            warn(f"voicenote.model: {exc.message}")
        else:
            warn(exc.message)
            say(f"hint: {exc.hint}")
        return None


def _used_model() -> Path | None:
    chosen = settings()
    return used_model(chosen.engine, EngineOptions(chosen.model, chosen.device, warn))


def _chosen(name: str | None) -> Path:
    folder = find_model(name) if name else _used_model()
    if folder is None and settings().engine in ("auto", "nano"):
        raise NegativeAnswer("no model is installed", hint=_HOW)
    if folder is None:
        raise NegativeAnswer(
            f"the engine {settings().engine} uses no model on this machine",
            hint="name a model; `git voicenote models list` lists the installed ones",
        )
    return folder


def _embedded() -> list[Path]:
    """Return the folders of the models that come with the installation, if they exist."""
    folders = []
    for kind in KINDS:
        with suppress(EngineError):  # if it is the one in use, another check reports it
            folder = kind.find(None) if kind.embedded else None
            if folder and folder.parent != models_dir():
                folders.append(folder)
    return folders


def _is_embedded(folder: Path) -> bool:
    return any(folder.samefile(embedded) for embedded in _embedded())


def _record(folder: Path) -> ModelRecord | None:
    try:
        return read_record(folder)
    except EngineError as exc:
        warn(exc.message)
        return None


def _summary(model: _Listed) -> str:
    record = model.record
    if model.is_embedded:
        return (
            f"{size(_bytes(model.folder))}  {kind_of_model(model.folder).engine}, comes with the "
            "installation"
        )
    if record is None:
        return f"{size(_bytes(model.folder))}  (not installed by this program)"
    revision = f"@{record.revision[:12]}" if record.revision else ""
    language = f" for {visible(record.language)}" if record.language else ""
    return (
        f"{_parameters(record, '  ')}{size(record.size)}  "
        f"{record.layout} layout{language}, from {record.source}{revision}"
    )


def _as_json(model: _Listed) -> dict[str, object]:
    folder, record = model.folder, model.record
    return {
        "name": folder.name,
        "path": str(folder),
        "size": record.size if record else _bytes(folder),
        "engine": kind_of_model(folder).engine,
        "embedded": model.is_embedded,
        "record": asdict(record) if record else None,
    }


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def _report(imported: Imported) -> None:
    record = imported.record
    if imported.left_out:
        kinds = ", ".join(sorted({name.split(".")[0] for name in imported.left_out}))
        count = len(imported.left_out)
        say(f"left out: {counted(count, 'tensor')} of {kinds}, which the engine does not use")
    language = f"for the language {record.language}, " if record.language else ""
    say(
        f"installed {imported.folder.name}: {_parameters(record, ', ')}{size(record.size)}, "
        f"{language}licence {record.licence or 'not stated'}"
    )
    put_product(imported.folder)


def _parameters(record: ModelRecord, separator: str) -> str:
    """Return the number of parameters and a separator; "" if it is not known."""
    number = record.parameters
    if number is None:
        return ""
    count = f"{number / 1e6:.0f} M" if number >= 1e6 else str(number)
    return f"{count} parameters{separator}"
