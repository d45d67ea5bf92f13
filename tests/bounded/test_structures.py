"""JSON, YAML and TOML within limits, and numbers within ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.bounded import Limits, parse_json, parse_toml, parse_yaml
from git_voicenote.errors import ContentError

SMALL = Limits(size=100, depth=3, nodes=5)
ALIASES = b"a: &a [x]\n" + b"b: *a\n" * 51


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b" " * 101, "it has 101 bytes; the limit is 100"),
        (b"[[[[]]]]", "it is nested more than 3 levels deep"),
        (b'{"a": [{"b": []}]}', "it is nested more than 3 levels deep"),
        (b"[1, 2, 3, 4, 5]", "it contains more than 5 values"),
        (b"[1", "it is not JSON: Expecting ',' delimiter"),
        (b"]" * 50, "it is not JSON: Expecting value"),
        (b'"\xff"', "it is not JSON: it is not UTF-8"),
        (b'"\\ud800"', "it is not JSON: it is not UTF-8"),
        (b"NaN", "it is not JSON: NaN is not a number"),
        (b"-Infinity", "it is not JSON: -Infinity is not a number"),
        (b"1e999", "it is not JSON: the number 1e999 is too large"),
        (b"1" + b"0" * 30, "it is not JSON: the number 100000000000… has 31 digits"),
        (b"18446744073709551616", "it is not JSON: the number 18446744073709551616 has more"),
        (b'{"a": 1, "a": 2}', "it is not JSON: the key 'a' is duplicated"),
    ],
)
def test_json_that_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_json(content, "it", SMALL)
    assert caught.value.message.startswith(complaint)


def test_json_within_its_limits() -> None:
    assert parse_json(b'\xef\xbb\xbf[[["[[[[,,,,"]]]', "it", SMALL) == [[["[[[[,,,,"]]]
    assert parse_json(b'"\\ud800"', "it", Limits(surrogates=True)) == "\ud800"
    assert parse_json(b'{"a": 1, "a": 2}', "it", Limits(unique_keys=False)) == {"a": 2}
    assert parse_json(b"18446744073709551615", "it") == 2**64 - 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (ALIASES, "it has more than 50 aliases"),
        (b"a: !!timestamp x", "it contains an invalid value"),
        (b"a: !!bool x", "it contains an invalid value"),
        (b"a: !!int ''", "it contains an invalid value"),
        (b"a: 2026-99-99", "it contains an invalid value"),
        (b"a: .inf", "it contains .inf, which is not a number"),
        (b"a: 1.0e+999", "it contains 1.0e+999, which is not a number"),
        (b"a: " + b"9" * 50, "it contains a number of 50 digits"),
        (b"a: &a\n  <<: *a", "it has a value that contains itself"),
        (b"!!python/object/apply:os.system [id]", "it is not YAML: could not determine"),
        (b"- " * 5000, "it is nested more than 32 levels deep"),
        (b"a\n---\nb", "it is not YAML: expected a single document"),
        (b"\xff", "it is not YAML: it is not UTF-8"),
        (b"x " * 70_000, "it has 140,000 bytes"),
    ],
)
def test_yaml_that_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_yaml(content, "it")
    assert caught.value.message.startswith(complaint)


def test_yaml_with_a_few_aliases() -> None:
    assert parse_yaml(b"a: &a {x: 1}\nb:\n  <<: *a\n  y: 2", "it") == {
        "a": {"x": 1}, "b": {"x": 1, "y": 2},
    }  # fmt: skip
    assert parse_yaml(b"", "it") is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a." * 17 + b"b = 1", "it has a key of more than 16 parts"),
        (b"'a' . " * 17 + b"b = 1", "it has a key of more than 16 parts"),
        (b"a = inf", "it contains inf, which is not a number"),
        (b"a = " + b"9" * 5000, "it is not TOML"),
        (b"a = 0x" + b"f" * 100, "it contains a number of more than 64 bits"),
        (b"a = " + b"[" * 5000, "it is not TOML"),
        (b"a = \xff", "it is not TOML: it is not UTF-8"),
    ],
)
def test_toml_that_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_toml(content, "it")
    assert caught.value.message.startswith(complaint)


@given(st.binary(max_size=200) | st.text(alphabet="[]{}\"'\\:,&*<-?!|>#.=9e\n a", max_size=200))
def test_any_text_is_parsed_or_refused(content: bytes | str) -> None:
    for parse in (parse_json, parse_yaml, parse_toml):
        try:
            parse(content if isinstance(content, bytes) else content.encode(), "it")
        except ContentError as exc:
            assert exc.message.startswith("it ")  # noqa: PT017 - it is refused or not
