"""`git voicenote kit`: write one file that installs git-voicenote without a network."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from git_voicenote.engines.model_kinds import find_model
from git_voicenote.phrases import counted, size
from git_voicenote.terminal.console import put_product, say, warn
from git_voicenote.terminal.drawing import shown_progress

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--nano", is_flag=True, help="Add the packages of the nano engine, including torch.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="MODEL",
    help="Add an installed model, by its name or folder; can be repeated.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION",
    help="Include wheels for this Python, such as 3.12 (default: the one in use); can be repeated.",
)
@click.option("--platform", "label", metavar="NAME", help="The platform (default: this one).")
@click.option(
    "--wheels",
    type=_FOLDER,
    metavar="FOLDER",
    help="Take the wheels from this folder, not from the network.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
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
    file is written there. All packages are pinned by version and hash, and the same command writes
    the same bytes. The wheels come from the package index that pip is configured with.

    The platforms are linux-x86_64, linux-aarch64 and macos-arm64. The embedded model is always
    part of a kit.
    """  # fmt: skip
    from git_voicenote.workflows.kit.making import KitPlan, make_kit
    from git_voicenote.workflows.kit.platforms import chosen_platform, chosen_pythons

    plan = KitPlan(
        chosen_platform(label), chosen_pythons(pythons), nano,
        tuple(find_model(name) for name in models), wheels,
    )  # fmt: skip
    if nano and not models:
        warn("the kit has no model for the nano engine; --model NAME adds one")
    target = file / f"{plan.name}.tar" if file.is_dir() else file
    with shown_progress() as progress:
        made = make_kit(plan, target, replace=force, progress=progress)
    with_models = f" and {counted(made.models, 'model')}" if made.models else ""
    say(
        f"{plan.name}: {size(made.size)}, {counted(made.packages, 'wheel')}{with_models}, "
        f"for Python {', '.join(plan.pythons)}"
    )
    say(f"sha256 {made.sha256}")
    say(f"to install it: `tar -xf {shlex.quote(target.name)} && {plan.name}/install`")
    put_product(target)
