"""Every message of an error that the package can compose, read from its source: `{}` stands for what is filled in.

The text of an error is followed back: to the variable it is kept in, the table it is looked up in, the function that
returns it, and the calls that hand it over.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tender_tracker
from tender_tracker import errors

PACKAGE = Path(tender_tracker.__file__).parent
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.TenderError)
}  # fmt: skip
RETURNED = {"outcome": ("state",), "drift": ("changed", "empty", "few"), "ping": ("wait", "_told"), "body": ("fault",)}
"""Module → functions whose sentences a user reads without an error being raised: why a source is not well."""
_WORDS = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Za-z]+ [A-Za-z]+")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple["Module", Function | None]


@dataclass
class Module:
    path: Path
    tree: ast.Module
    inside: dict[ast.AST, Function | None] = field(default_factory=dict)
    functions: dict[str, list[Function]] = field(default_factory=lambda: defaultdict(list))
    imported: set[tuple[str, str]] = field(default_factory=set)
    """Module and name of what is imported from where."""
    assigned: dict[tuple[Function | None, str], list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    """What each variable is set to, in each function and in the module itself."""


def modules() -> list[Module]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = Module(path, ast.parse(path.read_text("utf-8")))
        _place(module, module.tree, None)
        found.append(module)
    return found


def _place(module: Module, node: ast.AST, inside: Function | None) -> None:
    for child in ast.iter_child_nodes(node):
        module.inside[child] = inside
        if isinstance(child, Function):
            module.functions[child.name].append(child)
        elif isinstance(child, ast.ImportFrom):
            home = (child.module or "").rsplit(".", 1)[-1]
            module.imported.update((home, alias.name) for alias in child.names)
        for name, value in _assigned(child):
            module.assigned[inside, name].append(value)
        _place(module, child, child if isinstance(child, Function) else inside)


class Collector:
    def __init__(self) -> None:
        self.modules = modules()
        self.found: dict[str, list[str]] = {}
        """Messages and the sentences in them → where they stand."""
        self.parts: set[str] = set()
        """All texts that messages are made of, single words and signs too."""
        self.seen: set[tuple[int, bool]] = set()
        self.calls: dict[str, list[tuple[Module, ast.Call]]] = defaultdict(list)
        self.home: dict[int, Module] = {}
        for module in self.modules:
            for functions in module.functions.values():
                self.home.update((id(function), module) for function in functions)
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and (name := _name(node.func)):
                    self.calls[name].append((module, node))

    def collect(self) -> Collector:
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    for given in self._texts(node, module):
                        self.follow(given, (module, module.inside.get(node)), whole=True)
            for name in RETURNED.get(module.path.stem, ()):
                for function in module.functions[name]:
                    self.returned(module, function, whole=False)
        return self

    def _texts(self, call: ast.Call, module: Module) -> Iterable[ast.expr]:
        if isinstance(call.func, ast.Call) and _name(call.func.func) == "type":
            return call.args
        name = _name(call.func)
        if name in ERRORS or name == "kind":
            return call.args[1:] if name == "PageRefused" else call.args
        if name == "failed" and module.path.stem == "attachments":
            return call.args[1:2]
        if name in ("tell", "told", "_fail") or (name == "Finding" and module.path.stem == "health"):
            return call.args
        return ()

    def follow(self, expr: ast.expr | None, place: Place, whole: bool) -> None:
        """Notes the texts that an expression may be. `whole`: it is a message itself, not a part of one."""
        if expr is None or (id(expr), whole) in self.seen:
            return
        self.seen.add((id(expr), whole))
        module, _inside = place
        match expr:
            case ast.Constant(value=str(text)):
                self._note(text.replace("{", "{{").replace("}", "}}"), expr, module, whole)
            case ast.JoinedStr():
                self._note(template(expr), expr, module, whole)
                for part in expr.values:
                    if isinstance(part, ast.FormattedValue):
                        self.follow(part.value, place, whole=False)
            case ast.IfExp():
                self.follow(expr.body, place, whole)
                self.follow(expr.orelse, place, whole)
            case ast.BoolOp():
                for value in expr.values:
                    self.follow(value, place, whole)
            case ast.BinOp(op=ast.Add()):
                self.follow(expr.left, place, whole)
                self.follow(expr.right, place, whole)
            case ast.Name():
                self._name(expr.id, place, whole)
            case ast.Subscript():
                self._table(expr.value, place, whole)
            case ast.Call():
                self._call(expr, place, whole)
            case ast.GeneratorExp() | ast.ListComp():
                self.follow(expr.elt, place, whole)
            case ast.List() | ast.Tuple():
                for value in expr.elts:
                    self.follow(value, place, whole)

    def _note(self, text: str, expr: ast.expr, module: Module, whole: bool) -> None:
        self.parts.add(text)
        if (_WORDS if whole else _SENTENCE).search(text.replace("{}", " ")):
            self.found.setdefault(text, []).append(f"{module.path.relative_to(PACKAGE)}:{expr.lineno}")

    def _name(self, name: str, place: Place, whole: bool) -> None:
        _module, inside = place
        if inside is not None:
            names = [arg.arg for arg in (*inside.args.posonlyargs, *inside.args.args, *inside.args.kwonlyargs)]
            if name in names:
                self._handed(inside, names, name, whole)
        for value, where in _values(name, place):
            self.follow(value, where, whole)

    def _handed(self, function: Function, names: list[str], name: str, whole: bool) -> None:
        """What the callers of a function give for one of its parameters."""
        at = names.index(name)
        own = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
        method = bool(own) and own[0] in ("self", "cls")
        for module, call in self.calls[function.name]:
            if not self._reaches(module, call, function, method):
                continue
            place = (module, module.inside.get(call))
            index = at - (1 if method else 0)
            if name in own and 0 <= index < len(call.args):
                self.follow(call.args[index], place, whole)
            for keyword in call.keywords:
                if keyword.arg == name:
                    self.follow(keyword.value, place, whole)

    def _reaches(self, module: Module, call: ast.Call, function: Function, method: bool) -> bool:
        """Whether a call of this name is one of this function: in its module, imported from it, or of its object."""
        home = self.home[id(function)]
        if module is home:
            return True
        if isinstance(call.func, ast.Attribute):
            owner = call.func.value
            return method or (isinstance(owner, ast.Name) and owner.id == home.path.stem)
        return (home.path.stem, function.name) in module.imported

    def _table(self, table: ast.expr, place: Place, whole: bool) -> None:
        """The texts of a table that one is looked up in."""
        tables = _values(table.id, place) if isinstance(table, ast.Name) else [(table, place)]
        for found, where in tables:
            for value in found.values if isinstance(found, ast.Dict) else ():
                self.follow(value, where, whole)

    def _call(self, call: ast.Call, place: Place, whole: bool) -> None:
        module, _ = place
        name = _name(call.func)
        if isinstance(call.func, ast.Attribute) and name == "get":
            self._table(call.func.value, place, whole)
            for given in call.args[1:]:
                self.follow(given, place, whole)
            return
        if isinstance(call.func, ast.Attribute) and name == "join":
            self.follow(call.args[0], place, whole)
            return
        for home in self.modules:
            for function in home.functions.get(name or "", ()):
                if self._reaches(module, call, function, method=False):
                    self.returned(home, function, whole)

    def returned(self, home: Module, function: Function, whole: bool) -> None:
        for node in ast.walk(function):
            if isinstance(node, ast.Return):
                self.follow(node.value, (home, function), whole)


def _values(name: str, place: Place) -> Iterator[tuple[ast.expr, Place]]:
    """What is assigned to a variable, in its function and in the module."""
    module, inside = place
    for scope in dict.fromkeys((inside, None)):
        yield from ((value, (module, scope)) for value in module.assigned.get((scope, name), ()))


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.AugAssign(target=ast.Name(id=name), value=value)
            | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            yield from (
                (one.id, value) for one, value in zip(targets, values, strict=False) if isinstance(one, ast.Name)
            )


def template(text: ast.JoinedStr) -> str:
    """An f-string with `{}` for what is filled in; two beside each other are one."""
    parts = [
        part.value.replace("{", "{{").replace("}", "}}") if isinstance(part, ast.Constant) else "{}"
        for part in text.values
    ]
    return re.sub(r"(?:(?<!\{)\{\}(?!\}))+", "{}", "".join(parts))


def _name(expr: ast.expr) -> str | None:
    if isinstance(expr, ast.Name):
        return expr.id
    return expr.attr if isinstance(expr, ast.Attribute) else None
