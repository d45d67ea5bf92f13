"""A public name stands for one thing in the whole package."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support.source import MODULES, PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def types_in(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """The public classes and type aliases that are defined, those for type checkers included."""
    for statement in statements:
        match statement:
            case ast.If():
                yield from types_in(statement.body)
            case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def test_a_public_type_is_defined_once() -> None:
    modules = defaultdict(list)
    for module in MODULES:
        for name in types_in(ast.parse((PACKAGE / module).read_text()).body):
            if name[0].isupper() and not name.isupper():
                modules[name].append(str(module))

    assert {name: where for name, where in modules.items() if len(where) > 1} == {}
