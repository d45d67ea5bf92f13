"""Fetching a model with the hub's real client from a fake hub."""

from __future__ import annotations

import fcntl
import itertools
import re
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.nano.checkpoint.fetching import (
    RELEASES,
    fetch,
    install,
    model_name_for,
    plan_fetch,
)
from git_voicenote.engines.nano.checkpoint.installed import installed_checkpoints
from git_voicenote.engines.nano.checkpoint.verification import verify_model
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir, read_record
from git_voicenote.resources import cache_home
from tests.engines.nano.hub_server import COMMIT, REPOSITORY, Hub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.disk import SmallDisk

MLT = "FunAudioLLM/Fun-ASR-MLT-Nano-2512"
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="session")
def published(
    layouts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The files on the hub, which include more than the model."""
    root = tmp_path_factory.mktemp("hub")
    folders = {}
    for repository, layout in ((REPOSITORY, "flat"), (MLT, "original")):
        folder = shutil.copytree(layouts[layout], root / repository)
        (folder / "README.md").write_text("# a model\n")
        (folder / "example").mkdir()
        (folder / "example/en.mp3").write_bytes(b"sound")
        (folder / "pytorch_model.bin").write_bytes(b"something else")
        folders[repository] = folder
    return folders


@pytest.fixture
def hub(published: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(Hub(published)) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address + "/")
        yield server


def test_the_release_is_fetched_and_installed(hub: Hub, published: dict[str, Path]) -> None:
    told: list[tuple[str, int, int]] = []
    plan = plan_fetch("Fun-ASR-Nano-2512")
    assert [file.path for file in plan.files] == [
        "README.md", "config.json", WEIGHTS, "tokenizer.json",
    ]  # fmt: skip
    assert plan.host == hub.address.removeprefix("http://")
    assert (plan.commit, plan.licence, plan.present) == (COMMIT, "apache-2.0", 0)
    assert plan.folder.is_relative_to(cache_home())

    fetch(plan, lambda *state: told.append(state))
    imported = install(plan)
    assert imported.folder == models_dir() / "Fun-ASR-Nano-2512"
    record = read_record(imported.folder)
    assert record is not None
    assert record.source == f"{hub.address}/{REPOSITORY}"
    assert (record.revision, record.licence) == (COMMIT, "apache-2.0")
    assert verify_model(imported.folder) == ()
    assert not plan.folder.exists()
    assert told[-1] == ("fetching", plan.size, plan.size)
    assert all(before[1] <= after[1] for before, after in itertools.pairwise(told))
    # the pinned revision was requested, not the branch
    assert hub.requests[0][0] == f"/api/models/{REPOSITORY}/revision/{COMMIT}"
    assert RELEASES["Fun-ASR-Nano-2512"].revision == COMMIT


def test_the_original_layout_is_fetched_and_imported(hub: Hub) -> None:
    hub.commit = "0123456789abcdef0123456789abcdef01234567"
    plan = plan_fetch("Fun-ASR-MLT-Nano-2512")
    assert hub.requests[0][0].endswith("/revision/main")
    assert plan.commit == hub.commit
    assert {file.path for file in plan.files} == {
        "README.md", "config.yaml", "model.pt", "Qwen3-0.6B/config.json",
        "Qwen3-0.6B/tokenizer.json",
    }  # fmt: skip
    fetch(plan)
    record = install(plan, "mlt").record
    assert (record.layout, record.revision) == ("original", hub.commit)
    assert [folder.name for folder in installed_checkpoints()] == ["mlt"]


def test_a_broken_connection_is_resumed(hub: Hub, published: dict[str, Path]) -> None:
    hub.break_after, hub.breaks = 40_000, 2
    plan = plan_fetch(REPOSITORY)
    fetch(plan)
    ranges = hub.asked_for(f"/cdn/{REPOSITORY}/{WEIGHTS}")
    assert ranges == [None, "bytes=40000-", "bytes=80000-"]
    assert (plan.folder / WEIGHTS).read_bytes() == (published[REPOSITORY] / WEIGHTS).read_bytes()


def test_a_later_call_resumes_the_download(hub: Hub, published: dict[str, Path]) -> None:
    plan = plan_fetch(REPOSITORY)
    weights = next(file for file in plan.files if file.path == WEIGHTS)
    partial = plan.folder / ".partial" / str(weights.sha256)
    partial.parent.mkdir(parents=True)
    partial.write_bytes((published[REPOSITORY] / WEIGHTS).read_bytes()[:30_000])
    (plan.folder / "config.json").write_bytes((published[REPOSITORY] / "config.json").read_bytes())
    assert plan.present == 30_000 + (plan.folder / "config.json").stat().st_size
    fetch(plan)
    assert hub.asked_for(f"/cdn/{REPOSITORY}/{WEIGHTS}") == ["bytes=30000-"]
    assert hub.asked_for(f"/cdn/{REPOSITORY}/config.json") == []
    assert verify_model(install(plan).folder) == ()


@pytest.mark.parametrize("size", [-7, 7], ids=["shorter", "longer"])
def test_a_wrong_partial_file_is_fetched_again(
    hub: Hub, published: dict[str, Path], size: int
) -> None:
    plan = plan_fetch(REPOSITORY)
    weights = next(file for file in plan.files if file.path == WEIGHTS)
    partial = plan.folder / ".partial" / str(weights.sha256)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"x" * (weights.size + size))
    if size < 0:
        with pytest.raises(EngineError, match="was damaged in transfer"):
            fetch(plan)
    fetch(plan)
    assert hub.asked_for(f"/cdn/{REPOSITORY}/{WEIGHTS}")[-1] is None
    assert (plan.folder / WEIGHTS).read_bytes() == (published[REPOSITORY] / WEIGHTS).read_bytes()


def test_a_lost_server_leaves_the_partial_file(hub: Hub) -> None:
    hub.break_after, hub.breaks, hub.gone_after_break = 40_000, 1, True
    plan = plan_fetch(REPOSITORY)
    with pytest.raises(EngineError, match="responded with status 503") as caught:
        fetch(plan)
    assert "git voicenote models import FOLDER" in str(caught.value.hint)
    hub.status = None
    assert plan.present >= 40_000
    fetch(plan)
    assert hub.asked_for(f"/cdn/{REPOSITORY}/{WEIGHTS}") == [None, "bytes=40000-"]


def test_a_server_without_ranges_sends_the_whole_file(hub: Hub, published: dict[str, Path]) -> None:
    hub.break_after, hub.breaks, hub.ignore_range = 40_000, 1, True
    plan = plan_fetch(REPOSITORY)
    fetch(plan)
    assert (plan.folder / WEIGHTS).read_bytes() == (published[REPOSITORY] / WEIGHTS).read_bytes()


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_a_file_damaged_in_transfer_is_not_kept(hub: Hub, name: str) -> None:
    hub.damage = name
    plan = plan_fetch(REPOSITORY)
    with pytest.raises(
        EngineError, match=f"{re.escape(name)} was damaged in transfer: its hash is"
    ):
        fetch(plan)
    assert not (plan.folder / name).exists()
    hub.damage = None
    fetch(plan)
    assert verify_model(install(plan).folder) == ()


def test_a_page_instead_of_a_file_is_reported(hub: Hub) -> None:
    plan = plan_fetch(REPOSITORY)
    hub.page = "files"
    with pytest.raises(EngineError, match="returned another file: text/html, 28 bytes instead of"):
        fetch(plan)
    assert plan.present == 0


def test_a_page_instead_of_the_hub_is_reported(hub: Hub) -> None:
    hub.page = "everything"
    with pytest.raises(EngineError, match="is not a model hub: it may be a proxy or a login page"):
        plan_fetch(REPOSITORY)


@pytest.mark.parametrize(
    ("wanted", "revision", "complaint"),
    [
        ("Fun-ASR-Nano", None, "there is no model 'Fun-ASR-Nano' to fetch"),
        ("nobody/nothing", None, "has no nobody/nothing, or requires authentication"),
        ("a/b/c", None, "'a/b/c' is not the name of a repository"),
        (REPOSITORY, "0000000", "has no revision 0000000"),
    ],
)
def test_something_missing_is_reported(
    hub: Hub, wanted: str, revision: str | None, complaint: str
) -> None:
    with pytest.raises(EngineError, match=complaint):
        plan_fetch(wanted, revision)


def test_a_gated_repository_is_reported(hub: Hub) -> None:
    hub.refusal = "GatedRepo"
    with pytest.raises(EngineError, match="requires that you accept the terms") as caught:
        plan_fetch(REPOSITORY)
    assert "HF_TOKEN" in str(caught.value.hint)


def test_the_newer_of_two_layouts_is_fetched(hub: Hub) -> None:
    wanted = plan_fetch(REPOSITORY).files
    hub.listed_too = ("model.pt", "config.yaml", "Qwen3-0.6B/config.json")
    assert plan_fetch(REPOSITORY).files == wanted


def test_a_file_is_fetched_by_one_process_at_a_time(hub: Hub) -> None:
    plan = plan_fetch(REPOSITORY)
    weights = next(file for file in plan.files if file.path == WEIGHTS)
    partial = plan.folder / ".partial" / str(weights.sha256)
    partial.parent.mkdir(parents=True)
    with partial.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(EngineError, match="is being fetched by another process"):
            fetch(plan)
    fetch(plan)


def test_a_repository_without_a_model_is_refused(
    published: dict[str, Path], tmp_path: Path, hub: Hub
) -> None:
    (tmp_path / "README.md").write_text("soon\n")
    hub.repositories = {"a/soon": tmp_path}
    with pytest.raises(EngineError, match="a/soon has no supported model at main"):
        plan_fetch("a/soon")


def test_a_missing_network_is_reported_with_the_way_around(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but not listening
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", f"http://{address}")
        with pytest.raises(EngineError, match=f"cannot connect to {address}") as caught:
            plan_fetch("Fun-ASR-Nano-2512")
    assert "`git voicenote models import FOLDER`" in str(caught.value.hint)


def test_a_full_disk_is_reported_before_fetching(
    hub: Hub, small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(small_disk.folder))
    plan = plan_fetch(REPOSITORY)
    asked = len(hub.requests)
    with pytest.raises(EngineError, match="not enough disk space to fetch the model"):
        fetch(plan)
    assert len(hub.requests) == asked


def test_names_outside_the_folder_are_not_fetched(hub: Hub) -> None:
    wanted = plan_fetch(REPOSITORY).files
    hub.listed_too = (
        "../config.json", "/etc/config.json", "LICENSE/../../x", "model-/../x-of-2.safetensors",
    )  # fmt: skip
    assert plan_fetch(REPOSITORY).files == wanted


def test_a_model_has_the_name_of_its_repository() -> None:
    assert model_name_for("Fun-ASR-Nano-2512") == model_name_for(REPOSITORY) == "Fun-ASR-Nano-2512"
    assert model_name_for("someone/their-model-hf") == "their-model"
