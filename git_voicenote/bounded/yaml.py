"""Parse YAML within limits: with libyaml, standard tags only, and few aliases.

PyYAML expands aliases and merge keys (`<<`) each time that they occur: 435 bytes can expand to a
thousand million values. So the expanded size is computed before the value is built.
"""

from __future__ import annotations

import math
from typing import Any

from git_voicenote.bounded.limits import Limits, check_size, check_tree, too_deep, too_many
from git_voicenote.errors import ContentError

_SIZE = 128 << 10
_SIZE_WITHOUT_C = 32 << 10
"""In bytes. PyYAML's own parser is 40 times slower than libyaml's."""
_MAX_NODES = 10_000
_MAX_ALIASES = 50
_MAX_NUMBER_CHARACTERS = 40
"""YAML has numbers in base 60 (`1:1:1:…`); converting one takes quadratic time."""
_TAG = "tag:yaml.org,2002:"


def parse_yaml(content: bytes, name: str) -> object:
    """Return the value of a YAML text; errors refer to it as `name`.

    Only plain values are allowed; tags cannot create Python objects. Raises ContentError.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    has_c = loader is not yaml.SafeLoader
    limits = Limits(size=_SIZE if has_c else _SIZE_WITHOUT_C, nodes=_MAX_NODES)
    check_size(content, name, limits)
    try:
        text = content.decode("utf-8-sig")
        _check_events(yaml.parse(text, Loader=loader), name, limits)
        value = _build(loader(text), name, limits)
    except yaml.YAMLError as exc:
        raise ContentError(f"{name} is not YAML: {str(exc).splitlines()[0]}") from exc
    except UnicodeDecodeError as exc:
        raise ContentError(f"{name} is not YAML: it is not UTF-8") from exc
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as exc:
        raise ContentError(f"{name} contains an invalid value: {exc}") from exc
    check_tree(value, name, limits)
    return value


def _check_events(events: Any, name: str, limits: Limits) -> None:  # noqa: ANN401 - PyYAML has no types
    """Check the number of values, the depth and the aliases of a text, before its tree is made."""
    import yaml

    nodes = depth = aliases = 0
    for event in events:
        nodes += isinstance(event, yaml.NodeEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if nodes > limits.nodes:
            raise too_many(name, limits)
        if depth > limits.depth:
            raise too_deep(name, limits)
        if aliases > _MAX_ALIASES:
            raise ContentError(f"{name} has more than {_MAX_ALIASES} aliases")


def _build(loader: Any, name: str, limits: Limits) -> object:  # noqa: ANN401 - likewise
    """Build the value of a text after its expanded size was checked."""
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        if _expanded(root, {}, name, limits) > limits.nodes:
            raise too_many(name, limits)
        value: object = loader.construct_document(root)
        return value
    finally:
        loader.dispose()


def _expanded(node: Any, known: dict[int, int | None], name: str, limits: Limits) -> int:  # noqa: ANN401 - likewise
    """Return the number of values in a node, with its aliases expanded."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node, name)
        return 1
    if id(node) in known:
        size = known[id(node)]
        if size is None:
            raise ContentError(f"{name} has a value that contains itself")
        return size
    known[id(node)] = None
    total = 1
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            total += _expanded(part, known, name, limits)
    known[id(node)] = total
    return total


def _check_scalar(node: Any, name: str) -> None:  # noqa: ANN401 - likewise
    if node.tag not in (f"{_TAG}int", f"{_TAG}float"):
        return
    digits = node.value.replace("_", "")
    if len(digits) > _MAX_NUMBER_CHARACTERS:
        raise ContentError(f"{name} contains a number of {len(digits)} digits")
    if node.tag.endswith("float") and ":" not in digits:
        named = digits.lower().lstrip("+-") in (".inf", ".nan")
        if named or not math.isfinite(float(digits)):
            raise ContentError(f"{name} contains {node.value}, which is not a number")
