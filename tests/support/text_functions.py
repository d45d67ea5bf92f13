"""Every function that takes text, as a function of one text."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.datatypes import Person, Place, Segment, Word
from git_voicenote.engines.moonshine.tokenizer import Tokenizer
from git_voicenote.errors import ChangedMeanwhileError, PatchError
from git_voicenote.mail.incoming import (
    after_separator,
    cover_letter,
    decoding,
    envelopes,
    kinds,
    reading,
)
from git_voicenote.mail.outgoing import format_patch as patches
from git_voicenote.mail.outgoing import mails as mail
from git_voicenote.mail.outgoing import read_back
from git_voicenote.mail.outgoing.reply import Reviewer, render_reply, reply_headers
from git_voicenote.notes import changing, remotes, trees
from git_voicenote.notes import format as note_format
from git_voicenote.notes.merging import texts as note_merge
from git_voicenote.object_ids import ObjectId
from git_voicenote.text import doubts, mail_safety, prose, quoting, spans
from git_voicenote.text.commit_message import change_guess, people
from git_voicenote.text.commit_message import footers as spoken_footers
from git_voicenote.text.commit_message import header as spoken_header
from git_voicenote.text.commit_message import issues as issue_reference
from git_voicenote.text.commit_message.composer import likely_scope, likely_type, render
from git_voicenote.text.commit_message.rules import CONVENTIONAL
from git_voicenote.text.description import blocks, markdown
from git_voicenote.text.diff import anchors, diffs, places, syntax
from git_voicenote.text.passes import (
    correction,
    fillers,
    spoken_edits,
    spoken_identifiers,
    spoken_prose,
)
from git_voicenote.text.passes.itn.chinese import numbers as chinese
from git_voicenote.text.passes.itn.english import numbers, paths
from git_voicenote.text.passes.itn.normaliser import normaliser
from git_voicenote.text.passes.itn.words import is_compound
from git_voicenote.text.vocabulary import evidence, identifiers, ranking
from git_voicenote.text.vocabulary import lists as vocabulary_list
from git_voicenote.text.vocabulary import pronunciation as as_spoken
from git_voicenote.text.vocabulary.ordinary_words import is_form_of, ordinary_words
from tests.support.messages import compose

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = (Person("Jane Doe", "jane@example.org"), Person("Zo\u00eb Roe", "zoe@example.org"))
FILES = diffs.parse_diff(
    "diff --git a/http/transport.py b/http/transport.py\n--- a/http/transport.py\n"
    "+++ b/http/transport.py\n@@ -1,2 +1,3 @@ def send(self):\n a\n+def retry(x):\n b\n"
)
TERMS = [
    ranking.Term(
        name,
        (ranking.Sighting("changed lines", 3),),
        identifiers.sayings_of(name, ordinary_words()),
    )
    for name in ("packed_refs", "sqlite", "for_each_ref_options")
]
TOKENS = [*[b""] * 259, *(bytes([code]) for code in range(97, 123)), b"th", b"the", b"aa", b"ab"]


def _commit(text: str) -> object:
    return render(compose(text, people={"jane doe": PEOPLE[0]}, staged_paths=[text[:500]]))


def _header(text: str) -> object:
    lines = text.split("\n")
    heard = spoken_header.parse_message(lines)
    named = spoken_header.parse_type(text), spoken_header.parse_scope(text)
    guessed = likely_type(heard, CONVENTIONAL, [text], ()), likely_scope(CONVENTIONAL, [text])
    return spoken_header.leading_type(heard), named, guessed


def _diff(text: str) -> object:
    files = diffs.parse_diff(text)
    return diffs.diffstat(files), [quoting.diff_headers_of(file) for file in files]


def _anchors(text: str) -> object:
    place = Place(text, 1, 2, text)
    anchored = anchors.with_anchors([(place, text), (None, text)], FILES)
    return (
        anchors.placed_words([text], FILES), anchors.anchor(place), places.locate(place, FILES),
        anchors.is_open(anchored, FILES), places.same_headings(text, [text, f"{text}x"]),
    )  # fmt: skip


def _doubts(text: str) -> object:
    words = tuple(Word(word, 0.0, 1.0, 0.2) for word in text.split())
    segments = [Segment(0.0, 1.0, text, words=words)]
    doubts.doubts_located(text, segments)
    doubtful = doubts.doubts_in(text, segments)
    return doubts.doubts_shown(doubtful, "20260102-030405-aaaa")


def _people(text: str) -> object:
    stranger = Person(text, "a@example.org")
    return people.named_people(f"reviewed by {text}"), people.candidates(text, (stranger,))


def _spoken(text: str) -> object:
    return spoken_prose.spoken_prose([Segment(0.0, 1.0, one) for one in text.split("\n")])


def _blocks(text: str) -> object:
    return blocks.blocks_of(text), list(blocks.spans_of(text)), blocks.title_of(text)


def _names(text: str) -> object:
    said = identifiers.sayings_of(text, ordinary_words())
    return said, ranking.counted_names(text), ranking.counted_in_prose(text)


def _mail(text: str) -> object:
    words = text.encode("utf-8", "replace")
    subject = words.replace(b"\n", b" ")
    head = b"From %s Mon Sep 17 00:00:00 2001\nSubject: [PATCH] %s\n" % (b"0" * 40, subject)
    commit = mail.MailedCommit(ObjectId("0" * 40), (), b"A", b"a@example.org", subject, words)
    taken = mail.split_mail(head + words + b"\n\n" + words, commit)
    return read_back.is_plain(taken, commit), read_back.patch_in(taken), mail.has_placeholder(taken)


def _stream(text: str) -> object:
    """Octet by octet, behind a mail that a message quotes: its headers have no end."""
    start = b"From %s Mon Sep 17 00:00:00 2001\n" % (b"0" * 40)
    words = text.encode("utf-8", "replace").replace(b"\n", b"-")
    chunks = [start + b"X: mark\n\n" + start, *(bytes([octet]) for octet in words)]
    return list(patches.split_stream(chunks, b"X: mark\n"))


def _tags(text: str) -> object:
    words = text.encode("utf-8", "replace")
    return kinds.read_tags(text), kinds.has_diff(words), decoding.as_committed(words)


def _answer(text: str) -> object:
    header = text.encode("utf-8", "replace")
    names = (b"subject", b"from", b"to", b"cc", b"references", b"in-reply-to", b"message-id")
    envelope = envelopes.read_envelope(dict.fromkeys(names, header))
    now = Reviewer(PEOPLE[1], datetime(2026, 1, 1, tzinfo=UTC))
    return render_reply(reply_headers(envelope, PEOPLE[0], now), text)


def _below(text: str) -> object:
    words, _ = after_separator.split_patch(text.encode("utf-8", "replace"))
    return after_separator.parse_below_separator(
        words.decode("utf-8", "replace")
    ), cover_letter.split_cover(text)


def _merged(text: str) -> object:
    return note_merge.merge_texts(None, text, f"{text}\n\nb")


def many_notes(text: str) -> object:
    """A note for each 20 characters, all with the text's first words and one of their own."""
    start = text[:40].strip()
    before, after = (
        "\n\n".join(
            f"{start}\n\n{number} {word}\n\nVoicenote-Recording: {number}\n"
            for number in range(len(text) // 20)
        )
        for word in ("before", "after")
    )
    return note_merge.merge_texts(before, f"{before}\n\nmore\n\nVoicenote-Typed: yes\n", after)


def _kept(text: str) -> object:
    with suppress(ChangedMeanwhileError):
        changing.reconciled("note", text, f"{text}\n\na\n", f"{text}\n\nb\n")
    return note_merge.lost_paragraphs(None, text, text), trees.decoded(_octets(text))


def _notes_in_mail(text: str) -> object:
    below = b"---\n" + _octets(text)
    with suppress(PatchError):
        mail.commit_id_of(_octets(text))
    return mail.find_note(below, mail.note_heading(text)), mail.without_notes(below)


def _mailed(text: str) -> object:
    words = _octets(text)
    tags = kinds.read_tags(text.split("\n", 1)[0])
    headers = {b"subject": words.replace(b"\n", b" ")}
    return (
        kinds.mail_kind(tags, words, made_by_git=False), decoding.with_line_feeds(text),
        reading.subject_tags(headers),
    )  # fmt: skip


def _spans(text: str) -> object:
    end = len(text)
    return (
        spans.with_line_feeds(text),
        spans.word_before(text, end),
        spans.is_blank_before(text, end),
    )


def _ranked(text: str) -> object:
    lines = text.split("\n")
    counted = [ranking.counted_in_paths(lines), ranking.counted_in_refs(lines)]
    counted += [ranking.counted_issue_keys(text), ranking.counted_authors(lines)]
    return counted, ranking.needs_help(text, ())


def _words(text: str) -> object:
    words = text.split()
    return (
        is_form_of(text, f"{text}s"), identifiers.is_solid(text), chinese.is_scaled(text),
        numbers.is_like_year(text), numbers.is_read_off(words, 0, len(words)),
        paths.as_known(text), paths.is_suffix(text), is_compound(words),
    )  # fmt: skip


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _learned(text: str) -> object:
    tokenizer = Tokenizer(TOKENS)
    sentences = as_spoken.spoken_sentences([text])
    return [tokenizer.encode(word) for sentence in sentences for word in sentence]


FUNCTIONS: dict[str, tuple[str, Callable[[str], object]]] = {
    "characters": ("characters", lambda text: (visible(text), revealed(text))),
    "fillers": ("text.passes.fillers", fillers.fillers("en")),
    "fillers in Chinese": ("text.passes.fillers", fillers.fillers("zh")),
    "edits": ("text.passes.spoken_edits", spoken_edits.spoken_edits("en")),
    "edits in Chinese": ("text.passes.spoken_edits", spoken_edits.spoken_edits("zh")),
    "corrector": (
        "text.passes.correction.heard_words",
        correction.corrector(TERMS, ordinary_words()),
    ),
    "itn": ("text.passes.itn.english.paths", normaliser("en")),
    "itn of versions": ("text.passes.itn.english.versions", normaliser("en")),
    "itn of numbers": ("text.passes.itn.english.numbers", normaliser("en")),
    "itn in Chinese": ("text.passes.itn.chinese.rules", normaliser("zh")),
    "identifiers": ("text.passes.spoken_identifiers", spoken_identifiers.spoken_identifiers),
    "names": ("text.vocabulary.identifiers", _names),
    "wrap": ("text.prose", lambda text: prose.unwrap(prose.wrap(text))),
    "cover letter": ("text.prose", prose.cover_letter),
    "prose": ("text.passes.spoken_prose", _spoken),
    "blocks": ("text.description.blocks", _blocks),
    "markdown": ("text.description.markdown", markdown.escaped),
    "header": ("text.commit_message.header", _header),
    "footers": (
        "text.commit_message.footers",
        lambda text: spoken_footers.with_footers_apart([text], punctuated=True),
    ),
    "issues": ("text.commit_message.issues", issue_reference.issue_trailers),
    "commit message": ("text.commit_message.composer", _commit),
    "people": ("text.commit_message.people", _people),
    "mail safety": ("text.mail_safety", mail_safety.indent_hazards),
    "quoted diffs": ("text.mail_safety", mail_safety.quote_diffs),
    "pieces": ("text.diff.syntax", lambda text: syntax.revealed_pieces(text, (("s", text),))),
    "anchors": ("text.diff.anchors", _anchors),
    "names of places": ("text.diff.named_places", _anchors),
    "diffs": ("text.diff.diffs", _diff),
    "learner": ("text.vocabulary.pronunciation", _learned),
    "evidence": ("text.vocabulary.evidence", lambda text: evidence.as_evidence([text], [text])),
    "lists": ("text.vocabulary.lists", vocabulary_list.parse_list),
    "paths": (
        "text.commit_message.change_guess",
        lambda text: change_guess.guess_scope([text, f"{text}x"]),
    ),
    "doubts": ("text.doubts", _doubts),
    "notes": ("notes.format", lambda text: note_format.parse_notes(text)),
    "merged notes": ("notes.merging.texts", _merged),
    "below the dashes": ("mail.incoming.after_separator", _below),
    "mailed_cover": ("mail.incoming.cover_letter", _below),
    "mail": ("mail.outgoing.mails", _mail),
    "stream of mails": ("mail.outgoing.format_patch", _stream),
    "tags": ("mail.incoming.kinds", _tags),
    "answers": ("mail.incoming.envelopes", _answer),
    "notes in mails": ("mail.outgoing.mails", _notes_in_mail),
    "kinds of mails": ("mail.incoming.kinds", _mailed),
    "notes that are kept": ("notes.merging.texts", _kept),
    "URLs": ("notes.remotes", remotes.without_password),
    "quotes": (
        "text.quoting",
        lambda text: (quoting.quote(text.split("\n")), quoting.trimmed(text.split("\n"), 1)),
    ),
    "spans": ("text.spans", _spans),
    "first sentence": ("text.prose", prose.first_sentence),
    "edited lists": (
        "text.vocabulary.lists",
        lambda text: (
            vocabulary_list.with_entry(text, vocabulary_list.ListedTerm("x")),
            vocabulary_list.without_term(text, "x"),
        ),
    ),
    "paths and refs": ("text.vocabulary.ranking", _ranked),
    "words": ("text.vocabulary.ordinary_words", _words),
}
