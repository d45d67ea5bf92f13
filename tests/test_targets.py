"""Targets and their one text form."""

from __future__ import annotations

import pytest

from git_voicenote.errors import ContentError
from git_voicenote.object_ids import ObjectId
from git_voicenote.targets import (
    CommitTarget,
    CoverTarget,
    FileTarget,
    MessageTarget,
    ReplyTarget,
    ReviewTarget,
    Target,
    parse_target,
)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (CommitTarget(ObjectId(40 * "a")), "commit:" + 40 * "a"),
        (CoverTarget("topic/a:b"), "cover:topic/a:b"),
        (MessageTarget(), "message:"),
        (FileTarget("a: b.wav"), "file:a: b.wav"),
        (ReviewTarget(ObjectId(64 * "b")), "review:" + 64 * "b"),
        (ReplyTarget("<1@example.org>"), "reply:<1@example.org>"),
    ],
)
def test_a_target_is_read_as_it_was_written(target: Target, text: str) -> None:
    assert str(target) == text
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["", "commit", "message", "branch:main", ":x"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ContentError, match="is not the target of a recording"):
        parse_target(text)


@pytest.mark.parametrize("text", ["commit:HEAD", "commit:" + 39 * "a", "review:", "commit:-x"])
def test_a_revision_is_no_commit(text: str) -> None:
    with pytest.raises(ContentError, match="is not the id of a commit"):
        parse_target(text)
