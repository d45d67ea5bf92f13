"""Convert a tokenizer to tokenizer.json, the form that is loaded.

Qwen3 comes with tokenizer.json, or with vocab.json and merges.txt alone; the tokens for turns of a
conversation may then be in tokenizer_config.json only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from git_voicenote import files
from git_voicenote.bounded import Limits, parse_json, read_file, whole
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Tokenizer

NEEDED = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
"""The special tokens of the prompt, and those that end the output."""

_LIMITS = Limits(size=4 << 20, nodes=200_000)
_MAX_BYTES = 64 << 20
"""The released tokenizers have 11 MB. The library uses ten times as much memory."""
_MAX_TOKENS = 1 << 22

_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where Qwen2 and Qwen3 split text before byte-pair encoding."""


def write_tokenizer(source: Path, target: Path, vocabulary: int) -> None:
    """Write the tokenizer of a folder as tokenizer.json; an existing one is copied unchanged.

    Raises EngineError if there is none, if it lacks tokens of the prompt, or if it has more tokens
    than the model.
    """
    own = source / "tokenizer.json"
    tokenizer = _read(own) if own.is_file() else _build(source)
    if _add_tokens(tokenizer, source / "tokenizer_config.json") or not own.is_file():
        tokenizer.save(str(target), pretty=False)
    else:
        files.copy(own, target, mode=files.PUBLISHED)
    check_tokenizer(tokenizer, own if own.is_file() else source, vocabulary)


def read_tokenizer(path: Path, vocabulary: int) -> Tokenizer:
    """Load a tokenizer.json and check that it matches a model with this vocabulary."""
    tokenizer = _read(path)
    check_tokenizer(tokenizer, path, vocabulary)
    return tokenizer


def check_tokenizer(tokenizer: Tokenizer, path: Path, vocabulary: int) -> None:
    """Raise EngineError if a tokenizer does not match the model."""
    missing = [token for token in NEEDED if tokenizer.token_to_id(token) is None]
    if missing:
        raise EngineError(
            f"the tokenizer in {path} has no {missing[0]}",
            hint="copy all files of the tokenizer from the source of the model",
        )
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values())
    if largest >= vocabulary:
        raise EngineError(
            f"the tokenizer in {path} has a token {largest}; the model has {vocabulary} tokens",
            hint="the tokenizer and the weights are from different models",
        )


def _read(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    _refuse(path)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as exc:  # the library raises only Exception
        raise EngineError(f"{path} is not a tokenizer: {exc}") from exc


def _refuse(path: Path) -> None:
    """Raise EngineError if the start or the size of a file shows that it is not a tokenizer."""
    refuse_wrong_file(path)
    if path.stat().st_size > _MAX_BYTES:
        raise EngineError(f"{path} is not a tokenizer: it has more than {_MAX_BYTES >> 20} MB")


def _build(folder: Path) -> Tokenizer:
    """Build a byte-level BPE tokenizer from vocab.json and merges.txt, like Qwen2Tokenizer."""
    from tokenizers import Regex, Tokenizer, decoders, normalizers, processors
    from tokenizers import pre_tokenizers as cuts
    from tokenizers.models import BPE

    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    for path in (vocab, merges):
        if not path.is_file():
            raise EngineError(
                f"{folder} has no tokenizer",
                hint="it needs tokenizer.json, or vocab.json and merges.txt",
            )
        _refuse(path)
    try:
        tokenizer = Tokenizer(BPE.from_file(str(vocab), str(merges)))
    except Exception as exc:  # the library raises only Exception
        raise EngineError(f"{vocab} and {merges.name} are not a tokenizer: {exc}") from exc
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = cuts.Sequence(
        [
            cuts.Split(Regex(_SPLIT), behavior="isolated", invert=False),
            cuts.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def _add_tokens(tokenizer: Tokenizer, config: Path) -> bool:
    """Add the tokens that only tokenizer_config.json names; return whether there were any."""
    from tokenizers import AddedToken

    if not config.is_file():
        return False
    refuse_wrong_file(config)
    try:
        wanted = _added_tokens(parse_json(read_file(config, _LIMITS.size), str(config), _LIMITS))
        new = [(n, entry) for n, entry in wanted if tokenizer.token_to_id(entry["content"]) is None]
        for number, entry in new:
            tokenizer.add_tokens([AddedToken(**entry)])
            if tokenizer.token_to_id(entry["content"]) != number:
                raise EngineError(
                    f"{config} gives {entry['content']} the id {number}, which is in use",
                    hint="copy all files of the tokenizer from the source of the model",
                )
    except (ContentError, OSError, ValueError, TypeError, KeyError, AttributeError) as exc:
        raise EngineError(f"{config} is invalid: {exc}") from exc
    return bool(new)


def _added_tokens(config: Any) -> list[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - JSON, until it has been looked at
    """Return the ids and entries of the tokens that a configuration adds, in order."""
    entries = config.get("added_tokens_decoder") or {}
    found = []
    for number, entry in entries.items():
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise ValueError(f"{number[:20]!r} is not the id of a token")
        found.append((whole(int(number), "a token", 0, _MAX_TOKENS), dict(entry)))
    return sorted(found, key=lambda one: one[0])
