"""A front end is a Dialogue: ten lines explain a commit, dictate a message, answer a patch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from git_voicenote.git.pending_commit import PendingCommit
from git_voicenote.git.repository import Repository
from git_voicenote.mail.incoming.reading import read_series
from git_voicenote.mail.outgoing.reply import Reviewer
from git_voicenote.series.review.series import RecordingFinder, review
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.answer.answering import Answering
from git_voicenote.workflows.answer.keepers import AnswerMails
from git_voicenote.workflows.commit_message.dictate import dictate_message
from git_voicenote.workflows.explain.explain import explain
from git_voicenote.workflows.explain.explainable import ExplainedCommit
from tests.mail.outgoing.test_reply import GRACE, NOW
from tests.support import replying
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN, note_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from git_voicenote.workflows.dialogue import DiffWalk, Draft
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation
    from tests.support.sandbox import Sandbox

    Answers: TypeAlias = Mapping[str, str] | None


class Scripted:
    is_interactive = True

    def __init__(self, *answers: str) -> None:
        self.answers, self.said = list(answers), list[str]()

    def say(self, text: str) -> None:
        self.said.append(text)

    warn = say

    def ask(
        self, question: str, answers: Mapping[str, str] | None = None, default: str = ""
    ) -> str:
        return self.answers.pop(0) or default

    def edit(self, draft: Draft) -> str | None:
        return draft.text.replace("new file", "NEW file")

    def attend(self, live: LiveDictation, silence: float, walk: DiffWalk | None) -> float:
        live.start()
        return 0.0 if live.wait() else 1.0


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    lines = tmp_path / "lines"
    lines.write_text("fix scope parser we now write a new file\n")
    monkeypatch.setenv("SCRIPTED_SPEECH", str(lines))
    return Settings(engine=SCRIPTED, language="en")


def test_a_commit_is_explained(repo: Sandbox, settings: Settings) -> None:
    repository, dialogue = Repository.discover(repo.folder), Scripted("n")
    subject = ExplainedCommit(repository, settings, repository.commit("HEAD"))

    spoken = explain(subject, repository, settings, dialogue, source=SPOKEN)

    assert "NEW file" in spoken.note.text
    assert spoken.note.text in note_of(repo)
    assert any(line.startswith("note for") for line in dialogue.said)


def test_a_message_is_dictated(repo: Sandbox, settings: Settings) -> None:
    message = repo.write("message", "\n# Please enter the commit message\n")
    commit = PendingCommit(Repository.discover(repo.folder), message, None)

    dictate_message(commit, settings, Scripted("y"), source=SPOKEN)

    assert message.read_text().startswith("fix(parser): we now write a new file\n")


def test_a_patch_is_answered(repo: Sandbox, settings: Settings) -> None:
    reviewing = replying.prepare(repo)
    mails = read_series(reviewing.folder / "series.mbox", reviewing.folder, notes="voicenote")
    root = reviewing.home
    series = review(
        mails, RecordingFinder(Recordings(root), History(root)), None, "refs/notes/voicenote"
    )
    dialogue = Scripted()
    keeper = AnswerMails(reviewing.folder, Reviewer(GRACE, NOW), dialogue)
    answering = Answering(series, keeper, settings, None, dialogue, ("git", "voicenote", "review"))

    answering.answer(1, None, SPOKEN)

    (path,) = keeper.products
    assert "we now write a NEW file" in Path(path).read_text()
