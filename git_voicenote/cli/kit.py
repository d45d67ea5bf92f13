"""`git voicenote kit`: one file that installs git-voicenote where there is no network."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import harmless
from git_voicenote.engines.model_kinds import find_model
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import hand_over, say, warn
from git_voicenote.terminal.drawing import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.workflows.kit.making import Progress

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--nano", is_flag=True, help="Add the packages of the nano engine, torch among them.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="MODEL",
    help="Add an installed model, by its name or folder; may be given again.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION",
    help="Take wheels for this Python, such as 3.12 (default: this one); may be given again.",
)
@click.option("--platform", "label", metavar="NAME", help="The platform (default: this one).")
@click.option(
    "--wheels",
    type=_FOLDER,
    metavar="FOLDER",
    help="Take the wheels from here, and not from the network.",
)
@click.option("--force", is_flag=True, help="Replace FILE, if it is there.")
def kit(
    file: Path,
    *,
    nano: bool,
    models: tuple[str, ...],
    pythons: tuple[str, ...],
    label: str | None,
    wheels: Path | None,
    force: bool,
) -> None:
    """Write one file that installs git-voicenote on a machine without a network.

    FILE is a tar archive with wheels, an install script and a README.md; if it is a folder, the
    file is made in it. Everything that is installed is pinned by version and hash, and the same
    command writes the same bytes. The wheels come from the package index that pip is configured
    with.

    The platforms are linux-x86_64, linux-aarch64 and macos-arm64. The embedded model is always
    part of a kit.
    """  # fmt: skip
    from git_voicenote.workflows.kit.making import Plan, make_kit
    from git_voicenote.workflows.kit.platforms import chosen_platform, chosen_pythons

    plan = Plan(
        chosen_platform(label), chosen_pythons(pythons), nano,
        tuple(find_model(name) for name in models), wheels,
    )  # fmt: skip
    if nano and not models:
        warn("the kit has no model for the nano engine; --model NAME adds one")
    target = file / f"{plan.name}.tar" if file.is_dir() else file
    with _progress() as progress:
        made = make_kit(plan, target, replace=force, progress=progress)
    with_models = f" and {counted(made.models, 'model')}" if made.models else ""
    say(
        f"{plan.name}: {made.size / 1e6:.0f} MB, {counted(made.packages, 'wheel')}{with_models}, "
        f"for Python {', '.join(plan.pythons)}"
    )
    say(f"sha256 {made.sha256}")
    say(f"to install it: `tar -xf {target.name} && {plan.name}/install`")
    hand_over(target)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Provide a function that shows progress: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, TaskProgressColumn

    with progress_bar(BarColumn(), TaskProgressColumn()) as bar:
        task = bar.add_task("")

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=harmless(what), completed=done, total=total)

        yield show
