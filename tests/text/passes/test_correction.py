"""Terms are put where something like them was heard, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.vocabulary.evidence import as_evidence
from tests.support.correcting import LONG, TERMS, WORDS, corrected, term

if TYPE_CHECKING:
    from git_voicenote.text.vocabulary.ranking import TermSource


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # an engine of small letters without stops
        ("we keep it in sequel light now", "we keep it in SQLite now"),
        ("cube cuttle talks to engine x", "kubectl talks to nginx"),
        ("the stir buff grows", "the strbuf grows"),
        ("add it to get ignore", "add it to .gitignore"),
        ("the f. s. monitor and the f s monitor", "the fsmonitor and the fsmonitor"),
        (
            "The F.S. Monitor, an FS monitor, an Fs monitor",
            "The fsmonitor, an fsmonitor, an fsmonitor",
        ),
        ("text is u t f eight", "text is utf8"),
        # one of sentences
        ("Sequel light, and Cube cuttle.", "SQLite, and kubectl."),
        ("(packed refs)", "(packed_refs)"),
        ("Packed refs? The ref table's size!", "packed_refs? The reftable's size!"),
        ("sqlite", "SQLite"),
        ("Sqlite is slow.", "SQLite is slow."),
        ("it calls kubektle twice", "it calls kubectl twice"),
        ("我们用恩金克斯。", "我们用nginx。"),
    ],
)
def test_terms_are_put_where_they_were_meant(heard: str, meant: str) -> None:
    assert corrected(heard) == meant


@pytest.mark.parametrize(
    "text",
    [
        "sure, the head of the context is in codecs",  # Soren, HEAD, Codex by sound
        "the reftable and Reftable, REFTABLE",  # written so by somebody
        "path/sequel/light and `sequel light` and sequel_light",
        "it is a sequel. Light is another",  # a stop between
        "it is a sequel\nlight is another",  # a pause
        "a string buffer is one, a file system monitor another",  # what it means, not its sound
        "rev list",  # far away, and ordinary
        "reftables, packfiles",
        "e g it is, the url s",
        "",
        "   \n\n ",
        "Ω ≈ ç √ 日本語 \x00 \ud800",
        "`unclosed sequel_light",
    ],
)
def test_everything_else_is_left_alone(text: str) -> None:
    assert corrected(text) == text


def test_what_people_write_in_the_history_is_left_alone() -> None:
    text = "the stir buff is in the ref table of sqlite"
    assert corrected(text) == "the strbuf is in the reftable of SQLite"
    assert corrected(text, LONG + "a ref table of the stir buff in sqlite ") == text


def test_a_short_history_cannot_show_that_nobody_writes_so() -> None:
    assert corrected("packed refs and f s monitor", prose="") == "packed refs and fsmonitor"


def test_a_stop_after_initials_is_not_doubled() -> None:
    names = (term("object_id", count=3),)
    assert corrected("compare every object I. D..", terms=names) == "compare every object_id."


def test_a_name_that_is_written_far_oftener_than_its_words_is_meant() -> None:
    text, near = "the local name is gone", (term("local_name", place="lines around"),)
    assert (
        corrected(text, LONG + "local name " + "local_name too " * 9, near)
        == "the local_name is gone"
    )
    assert corrected(text, LONG + "local name " + "local_name too " * 7, near) == text


@pytest.mark.parametrize(
    ("apart", "count", "written"),
    [(4, 10, "blobsize"), (10, 10, "blob size"), (11, 10, "blob size"), (0, 1, "blobsize")],
)
def test_a_name_of_the_change_is_meant_where_it_is_more_usual_than_its_words(
    apart: int, count: int, written: str
) -> None:
    names = (term("blobsize", count=count),)
    assert corrected("the blob size", LONG + "blob size too " * apart, names) == f"the {written}"


def test_a_name_that_is_part_of_a_longer_one_does_not_keep_that_from_being_written() -> None:
    names = (term("config"), term("repo_config_values"), term("odb_for_each_object"), term("odb"))
    assert corrected("out of repo config values", terms=names) == "out of repo_config_values"
    assert corrected("odb for each object, odb", terms=names) == "odb_for_each_object, odb"
    assert corrected("the config of repo values", terms=names) == "the config of repo values"


def test_an_irregular_plural_is_no_term_misheard() -> None:
    near = (term("multi-pack-index"),)
    assert corrected("the multi pack index", terms=near) == "the multi-pack-index"
    assert corrected("the multi pack indices", terms=near) == "the multi pack indices"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # an engine of sentences writes capitals, stops and hyphens as it pleases
        ("Get user by ID. It fails.", "get_user_by_id. It fails."),
        ("The Get User by ID's result, though.", "The get_user_by_id's result, though."),
        ("The get-user by id call.", "The get_user_by_id call."),
        ("A pre-check: repo-config values.", "A pre-check: repo_config_values."),
        ("A pre-check get user by ID.", "A pre-check get_user_by_id."),
        ("Fetch-user, and (repo-config values).", "fetch_user, and (repo_config_values)."),
        ("A pre-fetch user, a fetch-user-like name.", "A pre-fetch user, a fetch-user-like name."),
    ],
)
def test_a_name_is_known_as_engines_write_it(heard: str, meant: str) -> None:
    names = (term("get_user_by_id"), term("fetch_user"), term("repo_config_values"))
    assert corrected(heard, terms=names) == meant


def test_hyphens_that_people_write_stay() -> None:
    near = (term("fetch_user"),)
    assert corrected("the fetch-user call", LONG + "a fetch-user ", near) == "the fetch-user call"
    assert corrected("the fetch-user call", "", near) == "the fetch-user call"


def test_a_compound_of_english_is_written_so_where_people_do_it_all_the_time() -> None:
    text = "the merge tool of the work tree's index"
    near = (term("mergetool", place="lines around"), term("worktree", place="lines around"))
    seldom = LONG + "mergetool too " * 39 + "worktree too " * 40
    assert corrected(text, seldom, near) == "the merge tool of the worktree's index"
    assert corrected("Work tree. Worktree", seldom, near) == "worktree. Worktree"


def test_what_is_listed_needs_no_evidence() -> None:
    listed = (term("packed_refs", "back traffs", place="project list"),)
    assert corrected("packed refs, back traffs", "", listed) == "packed_refs, packed_refs"


def test_an_alias_holds_for_ordinary_words_too() -> None:
    listed = (term("Soren", "sure", place="personal list"),)
    assert corrected("Sure, I'm sure.", "", listed) == "Soren, I'm Soren."


def test_of_two_spellings_the_one_that_people_write_is_taken() -> None:
    variable, name = term("sha1", place="touched files"), term("SHA-1", place="history", count=9)
    assert corrected("s h a one", LONG, (variable, name)) == "SHA-1"
    assert corrected("shah 1", LONG + "shah-1 " * 9, (variable,)) == "shah 1"


def test_it_says_what_it_did() -> None:
    passed = corrector(TERMS, WORDS, LONG)("Sequel light, engine x, kubektle")
    assert [(each.before, each.after, each.source, each.score) for each in passed.changes] == [
        ("Sequel light", "SQLite", "vocabulary:as said", 1.0),
        ("engine x", "nginx", "vocabulary:alias", 1.0),
        ("kubektle", "kubectl", "vocabulary:sound", 0.8),
    ]  # fmt: skip


def test_without_terms_nothing_happens() -> None:
    assert corrector((), WORDS)("anything at all").changes == ()


def test_evidence_has_words_as_written_without_stops_and_trailers() -> None:
    evidence = as_evidence(
        ["A fix, for `read_tree()`: it's (SHA-1).\n\nSigned-off-by: A <a@b.c>\n"], ["src/Xdiffi.c"]
    )
    assert " A fix for read_tree it's SHA-1 " in evidence
    assert " xdiffi " in evidence
    assert "signed" not in evidence


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # an engine that was told a term writes its letters in a case of its own
        ("the ODB is gone", "the odb is gone"),
        ("The O.D.B. is gone, and the O. D. B. too", "The odb is gone, and the odb too"),
        ("It is in the O.D.B. Then it goes.", "It is in the odb. Then it goes."),
        ("the o. d. b.'s size", "the odb's size"),
        ("it skips the OIDS here", "it skips the OIDs here"),
        ("it skips the O.I.D.S., then", "it skips the OIDs, then"),
        ("the midx is written", "the MIDX is written"),
        ("the MIDXS are written", "the MIDXs are written"),
        ("the FsMonitor waits", "the fsmonitor waits"),
        ("the F.S. Monitor waits", "the fsmonitor waits"),
        ("Trace2 tells", "trace2 tells"),
        ("test C, M P runs", "test_cmp runs"),
        ("test, C, M, P, runs", "test, C, M, P, runs"),
        # and joins or divides a name as it pleases
        ("the Submodule helper", "the submodule--helper"),
        ("the oidtree is full", "the oid_tree is full"),
        # small letters without stops
        ("odb and oids and fsmonitor", "odb and OIDs and fsmonitor"),
    ],
)
def test_a_term_that_differs_in_form_alone_is_written_as_the_change_has_it(
    heard: str, meant: str
) -> None:
    names = ("odb", "OIDs", "MIDX", "fsmonitor", "trace2", "test_cmp", "submodule--helper")
    assert corrected(heard, terms=tuple(map(term, (*names, "oid_tree")))) == meant


@pytest.mark.parametrize(
    "text",
    [
        "REFTABLE and Reftable",  # a macro and a name, not an acronym spelled out
        "Perl and Git",  # names of their own
        "options a, b and c",
        "the OIDS",  # of a term that is not near
        "see odb.c, `ODB` and $ODB, --odb, <ODB>, @ODB",
    ],
)
def test_another_case_that_somebody_may_have_meant_stays(text: str) -> None:
    names = tuple(map(term, ("reftable", "perl", "git", "odb")))
    assert corrected(text, terms=(*names, term("OID", place="history"))) == text


@pytest.mark.parametrize(
    ("capitals", "small", "written"),
    [(0, 0, "url"), (1, 0, "URL"), (2, 2, "URL"), (2, 3, "url"), (9, 40, "url")],
)
def test_an_acronym_keeps_the_case_that_people_write(
    capitals: int, small: int, written: str
) -> None:
    prose = f"{LONG}{'URL too ' * capitals}{'url too ' * small}"
    assert corrected("the URL is set", prose, (term("url"),)) == f"the {written} is set"
    assert corrected("the URLS are set", prose, (term("url"),)) == f"the {written}s are set"


@pytest.mark.parametrize(
    "text",
    [
        "add --show-scope and --no-show-scope, (--show-scope)",
        "dash dash show scope and minus minus show scope",
        "set $_show_scope and <showscope>",
    ],
)
def test_a_flag_or_a_variable_is_no_name(text: str) -> None:
    assert corrected(text, terms=(term("show_scope"), term("_show_scope"))) == text


@pytest.mark.parametrize(
    ("apart", "place", "written"),
    [
        (3, "changed lines", "color_config"),
        (4, "changed lines", "color config"),
        (0, "changed paths", "color_config"),
        (1, "changed paths", "color config"),
    ],
)
def test_a_name_of_the_changed_lines_weighs_more_than_the_history(
    apart: int, place: TermSource, written: str
) -> None:
    names = (term("color_config", place=place),)
    assert corrected("its color config", f"{LONG}{'color config too ' * apart}", names) == (
        f"its {written}"
    )


@pytest.mark.parametrize(
    ("heard", "name", "count", "is_meant"),
    [
        # what begins like a clause, stands for a name or is a constant: if the change repeats it
        ("is bool", "is_bool", 2, True),
        ("is bool", "is_bool", 1, False),
        ("repo format", "repo_fmt", 2, True),
        ("repo format", "repo_fmt", 1, False),
        ("string buffer", "str_buf", 9, False),
        ("retry timeout", "RETRY_TIMEOUT", 1, True),
        ("the repository", "the_repository", 9, True),
    ],
)
def test_two_words_are_a_name_if_the_change_shows_it(
    heard: str, name: str, count: int, is_meant: bool
) -> None:
    names = (term(name, count=count),)
    assert corrected(f"and {heard} now", terms=names) == f"and {name if is_meant else heard} now"
    assert corrected(f"and {heard} now", LONG + f"{heard} too " * 40, names) == f"and {heard} now"
    far = (term(name, place="history", count=count),)
    assert corrected(f"and {heard} now", terms=far) == f"and {heard} now"


def test_of_two_names_with_the_same_letters_the_more_usual_one_is_taken() -> None:
    snake, camel = term("allow_control", count=9), term("allowControl", count=2)
    assert corrected("allow control", terms=(camel, snake)) == "allow_control"
    dashed = term("pseudo-merge")
    two = (term("pseudo_merge", count=3), dashed)
    assert corrected("a pseudo merge", f"{LONG}{'pseudo-merge too ' * 9}", two) == "a pseudo-merge"


def test_of_two_names_used_alike_the_one_that_shows_its_words_is_taken() -> None:
    solid, snake = term("acceptfromserver", count=2), term("accept_from_server", count=2)
    for names in ((solid, snake), (snake, solid)):
        assert corrected("accept from server", terms=names) == "accept_from_server"


def test_a_capital_within_a_sentence_is_the_engines_where_people_write_none() -> None:
    small = LONG + "the ctx too "
    near = (term("ctx"),)
    assert corrected("The flag of its Ctx, then. Ctx is set", small, near) == (
        "The flag of its ctx, then. Ctx is set"
    )
    assert corrected("the flag of its Ctx", f"{small}a Ctx ", near) == "the flag of its Ctx"
    assert corrected("the flag of its Ctx", LONG, near) == "the flag of its Ctx"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # letters of a name beside words of it, however the engine joins or divides these
        ("pre-compose u t f eight", "precompose_utf8"),
        ("Pre-compose U. T. F. eight.", "precompose_utf8."),
        ("precompose utf eight", "precompose_utf8"),
        ("every I, O, Vec was", "every iovec was"),
        ("every I, O, and a Vec", "every I, O, and a Vec"),
        ("the C-sum file", "the csum-file"),
        # an abbreviation as it sounds
        ("adds it to the buff of it", "adds it to the buf of it"),
        # one consonant more or less in a long name of two words
        ("sets mix progress for all", "sets MIDX_PROGRESS for all"),
        ("makes progress for all", "makes progress for all"),
        ("makes good progress for all", "makes good progress for all"),
    ],
)
def test_a_name_is_known_however_it_is_spelled_out(heard: str, meant: str) -> None:
    names = ("precompose_utf8", "iovec", "csum-file", "buf", "MIDX_PROGRESS")
    assert corrected(heard, terms=tuple(map(term, names))) == meant


def test_a_word_that_people_write_is_no_abbreviation() -> None:
    assert corrected("the buff of it", LONG + "to buff it up ", (term("buf"),)) == "the buff of it"
    assert corrected("the buff of it", "", (term("buf"),)) == "the buff of it"
    near = tuple(map(term, ("git", "seq", "dir", "sync")))
    assert corrected("get it, seek the deer, sink", terms=near) == "get it, seek the deer, sink"


def test_a_strange_word_is_meant_for_a_name_that_people_write_all_the_time() -> None:
    far = (term("git-gui", place="history", count=40),)
    prose = LONG + "git show too " * 9
    assert corrected("Git gooey lets you", prose, far) == "git-gui lets you"
    assert corrected("Git gooey lets you", prose + "a gooey mess ", far) == "Git gooey lets you"
    spaces = (term("whitespace", place="history", count=40),)
    assert corrected("a white space", LONG, spaces) == "a white space"
    seldom = (term("git-gui", place="history", count=39),)
    assert corrected("Git gooey lets you", prose, seldom) == "Git gooey lets you"
