from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.errors import PatchError
from git_voicenote.mail.incoming.envelopes import Envelope
from git_voicenote.mail.outgoing.reply import Reviewer
from git_voicenote.series.review.reply_files import ReplyFiles, file_name
from git_voicenote.series.review.replying import Answer, AnsweredPart
from tests.mail.outgoing.test_reply import GRACE, NOW

if TYPE_CHECKING:
    from pathlib import Path

ENVELOPE = Envelope(
    subject=b"[PATCH 2/3] feat: jitter", sender=b"ada@example.org", message_id=b"<2@x>"
)


def part(subject: str = "feat: jitter", *, number: int = 2, version: int = 1,
         envelope: Envelope | None = ENVELOPE) -> AnsweredPart:  # fmt: skip
    return AnsweredPart(
        number, version, f"patch {number}", subject, "Ada", "ada@example.org", "today", "Words.",
        (), "", envelope, None,
    )  # fmt: skip


def answers(*texts: str) -> list[Answer]:
    return [Answer(Note(text)) for text in texts]


@pytest.mark.parametrize(
    ("subject", "version", "name"),
    [
        ("feat(http): jitter", 1, "re-0002-feat-http-jitter"),
        ("feat: jitter", 3, "re-v3-0002-feat-jitter"),
        ("../../etc/passwd", 1, "re-0002-etc-passwd"),
        ("..", 1, "re-0002-patch"),
        ("\u91cd\u8bd5", 1, "re-0002-patch"),
        ("a\nb\0c/d", 1, "re-0002-a-b-c-d"),
        ("-rf .hidden", 1, "re-0002-rf-.hidden"),
        ("x" * 300, 1, f"re-0002-{'x' * 52}"),
        ("", 1, "re-0002-patch"),
    ],
)
def test_names_are_tame_whatever_the_title_is(subject: str, version: int, name: str) -> None:
    assert file_name(part(subject, version=version)) == name


def test_more_answers_make_the_mail_longer(tmp_path: Path) -> None:
    files = ReplyFiles(tmp_path / "a/b", Reviewer(GRACE, NOW))
    assert files.prepare(part()) is None

    first = files.write(part(), answers("One."))
    head, _, _ = first.read_text().partition("\n\n")
    assert files.write(part(), answers("One.", "Two.")) == first

    assert first.read_text().startswith(head + "\n\n")  # the same Message-Id
    assert first.read_text().endswith("> Words.\n\nOne.\n\nTwo.\n")
    assert [path.name for path in first.parent.iterdir()] == ["re-0002-feat-jitter.eml"]
    assert first.stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_a_mail_that_somebody_changed_meanwhile_stays(tmp_path: Path) -> None:
    files = ReplyFiles(tmp_path, Reviewer(GRACE, NOW))
    first = files.write(part(), answers("One."))
    first.write_text("mended by hand\n")

    second = files.write(part(), answers("One.", "Two."))

    assert first.read_text() == "mended by hand\n"
    assert second.name == "re-0002-feat-jitter-2.eml"
    assert second.read_text().endswith("One.\n\nTwo.\n")
    assert files.paths == (second,)


def test_names_are_told_in_the_order_of_the_series(tmp_path: Path) -> None:
    files = ReplyFiles(tmp_path, Reviewer(GRACE, NOW))
    for number in (3, 0, 2):
        files.write(part(number=number), answers("One."))

    assert [path.name[3:7] for path in files.paths] == ["0000", "0002", "0003"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Somebody else may write to the folder, too."""
    (tmp_path / "re-0002-feat-jitter.eml").symlink_to(tmp_path / "other")

    path = ReplyFiles(tmp_path, Reviewer(GRACE, NOW)).write(part(), answers("One."))

    assert path.name == "re-0002-feat-jitter-2.eml"
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("envelope", "warning"),
    [
        (Envelope(sender=b"ada@example.org"), "patch 2 has no Message-Id"),
        (Envelope(message_id=b"<2@x>", sender=b"nobody"), None),
    ],
)
def test_what_a_person_should_know_before_they_speak(
    tmp_path: Path, envelope: Envelope, warning: str | None
) -> None:
    told = ReplyFiles(tmp_path, Reviewer(GRACE, NOW)).prepare(part(envelope=envelope))
    assert (told or "").startswith(warning or "")
    assert (told is None) is (warning is None)


def test_nobody_to_answer_to_is_told(tmp_path: Path) -> None:
    alone = AnsweredPart(
        2, 1, "patch 2", "a", "", "", "", "", (), "", Envelope(message_id=b"<2@x>"), None
    )

    told = ReplyFiles(tmp_path, Reviewer(GRACE, NOW)).prepare(alone)

    assert told == "patch 2 has no address to answer to: add a To: to the mail"


def test_a_commit_has_no_mail_to_answer(tmp_path: Path) -> None:
    with pytest.raises(PatchError, match="has no mail to answer"):
        ReplyFiles(tmp_path, Reviewer(GRACE, NOW)).prepare(part(envelope=None))


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before
