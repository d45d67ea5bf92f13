"""The files of the page: all of them, nothing else, and under a strict policy."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.config import SETTINGS
from git_voicenote.server import page
from git_voicenote.server.responses import refusals
from git_voicenote.text.passes.chain import PASSES
from tests.support.sandbox import CHECKOUT
from tests.support.serving import Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = CHECKOUT / "git_voicenote/server"
FOLDER = CHECKOUT / "templates/page"
SCRIPTS = {
    str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.js"))
}
CODE = "\n".join(text for name, text in SCRIPTS.items() if not name.startswith("strings/"))
DYNAMIC = re.findall(r"\bt(?:Or)?\(`(\w+\.)\$\{", CODE)
"""What keys begin with that are put together, as in t(`state.${name}`)."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("service")) as found:
        yield found


def table(language: str) -> dict[str, str]:
    """The strings of a language: its module is JSON but for its first lines."""
    _, _, text = SCRIPTS[f"strings/{language}.js"].partition("export default ")
    found: dict[str, str] = json.loads(text.strip().removesuffix(";"))
    return found


def test_the_table_has_each_file_of_the_folder() -> None:
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert set(page.FILES) | {"index.html"} == there


def test_every_file_is_served_without_a_token_under_the_policy(client: Client) -> None:
    for path in page.PATHS:
        answer = client.request(path=path, headers={"Authorization": None})
        assert answer.status == 200
        assert answer.headers["content-security-policy"] == page.POLICY.decode()
        assert answer.headers["content-type"].partition(";")[0] in (
            "text/html", "text/css", "text/javascript", "image/svg+xml"
        )  # fmt: skip
    assert b"unsafe" not in page.POLICY


@pytest.mark.parametrize(
    "path", ["/static/", "/static/none.js", "/static/../guard.py", "/static/index.html",
             "/static/%2e%2e/review.js", "/static//etc/passwd", "/static/main.js/", "/index.html"],
)  # fmt: skip
def test_no_other_path_is_a_file(client: Client, path: str) -> None:
    assert client.request(path=path, headers={"Authorization": None}).status == 401
    assert client.request(path=path).status == 404


def test_nothing_in_the_page_comes_from_elsewhere_or_makes_markup_of_text() -> None:
    for name, text in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        imported = re.findall(r'from "([^"]+)"|import\("', text)
        assert all(one.startswith(".") for one in imported), name
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.suffix != ".svg":
            assert not re.search(r"https?://(?!127\.0\.0\.1)", path.read_text("utf-8")), path
    html = (FOLDER / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_every_module_is_small() -> None:
    assert max(text.count("\n") for name, text in SCRIPTS.items() if "strings" not in name) <= 250


def test_both_languages_say_the_same_things() -> None:
    english, chinese = table("en"), table("zh")
    assert list(english) == list(chinese)
    for key, text in english.items():
        names = set(re.findall(r"\{(\w+)\}", text))
        assert set(re.findall(r"\{(\w+)\}", chinese[key])) == names, key
        assert text.strip(), key
        assert chinese[key].strip(), key
    untranslated = {key for key, text in english.items() if chinese[key] == text}
    assert untranslated == set()


def test_every_string_is_used_and_every_used_one_is_there() -> None:
    english = table("en")
    named = set(re.findall(r'"([a-z]+\.\w+)"', CODE))
    used = {key for key in english if key in named or key.startswith(tuple(DYNAMIC))}
    assert set(english) - used == set()
    asked = set(re.findall(r'\bt\(\s*"([\w.]+)"', CODE))
    assert asked - set(english) == set()


def test_every_code_that_the_service_sends_has_words_in_the_page() -> None:
    """Those of refusals and of warnings; what comes with the code is in English."""
    code = "\n".join(path.read_text() for path in SERVER.rglob("*.py"))
    sent = set(re.findall(r"""code=["']([a-z_]+)["']""", code))
    sent |= set(re.findall(r"busy\([^)]*?\d{3}, \"([a-z_]+)\"", code))
    sent |= set(re.findall(r"warn(?:ing)?\(\s*text, \"([a-z_]+)\"", code))
    sent |= {code for _, _, code in refusals.BY_ERROR} | {"store_failed", "engine_failed"}
    assert {"busy", "queue_full", "sound_missing", "limit_reached"} <= sent
    for words in (table("en"), table("zh")):
        of_the_page = {"unreachable", "other"}
        assert {key[6:] for key in words if key.startswith("error.")} - of_the_page == sent


def test_what_the_program_names_has_words_in_the_page() -> None:
    english = table("en")
    elsewhere = {"engine", "model", "device"}
    assert {f"setting.{one.field}" for one in SETTINGS if one.field not in elsewhere} <= set(
        english
    )
    assert {f"pass.{name}" for name in PASSES} <= set(english)


def test_the_wheel_has_the_page() -> None:
    import tomllib

    build: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"][
        "hatch"
    ]
    assert "templates" in build["build"]["targets"]["wheel"]["force-include"]
