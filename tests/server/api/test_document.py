"""docs/api.md, followed to the letter."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from git_voicenote.server.description import description
from tests.support.engines import SCRIPTED
from tests.support.programs import needs_curl
from tests.support.sandbox import CHECKOUT
from tests.support.serving import RENAME, WAIT

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

DOCUMENT = (CHECKOUT / "docs/api.md").read_text()
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL))


@needs_curl
def test_every_command_works_as_written(repo: Sandbox) -> None:
    """With the port that is free; curl fails where the service refuses."""
    lines = repo.write("lines", "we rename it\nand read it\n")
    scripted = {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    repo.commit("feat: begin", {"a": "b"})
    recorded = repo.voicenote("record", "--from", RENAME, "--no-edit", environment=scripted)
    assert recorded.returncode == 0
    shutil.copy(RENAME, repo.folder / "talk.flac")
    repo.write("notes.txt", "no sound")
    token = repo.write("token", "t" * 32)
    token.chmod(0o600)
    with subprocess.Popen(
        ("git-voicenote", "serve", "--token-file=token", "--port=0"), cwd=repo.folder,
        env={**repo.environment, **scripted}, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        link = process.stdout.readline().decode().strip()
        try:
            script = COMMANDS.replace("http://127.0.0.1:7860", link)
            # --fail-with-body: a refusal ends the script
            curl = 'curl() { command curl -sS --fail-with-body --max-time 60 "$@"; }\n'
            done = repo.run("bash", "-euo", "pipefail", "-c", curl + script)
        finally:
            process.terminate()
            process.wait(WAIT)
    out = done.stdout.decode()
    assert '{"type": "end", "state": "failed"}' in out
    assert "We rename it. And read it." in out
    assert "Why not before?" in out
    assert "voicenote_server_memory_bytes" in out
    assert (repo.folder / "transcripts.zip").read_bytes().startswith(b"PK")
    assert (repo.folder / "history.csv").read_text().startswith("id,created_at,")


def test_all_statuses_of_errors_are_in_the_table() -> None:
    table = DOCUMENT.partition("## Errors")[2]
    written = set(re.findall(r"\b[45]\d\d\b", table))
    described = {
        status
        for path in description()["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if "$ref" in response
    }
    assert described - written == {"421", "500"}  # the guard's, and what nobody expects
