"""Every guard there is, read off the code, and how each is taken out: never from a list that somebody keeps."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Where nothing is decided about who sees what: words, forms, sheets and tables, and what only a console runs.
_LEFT_OUT = re.compile(
    r"/(ground|translations|static|templates)/(?!pass)|/(\w*schemas|sheets|models|words|files|rows|readings|mapping|columns"
    r"|grammar|cuts|proposals|meanings|questions|labels|shown|problems|demo|sample|policy|cli|forms|tables|statements|records|db|cli_keys|journal"
    # What PostgreSQL alone holds is proved there: tests/people/test_walls.py, tests/test_walls.py.
    r"|walls)\.py$"
)
# Where it is decided only who may, of whom, and that somebody is asked who they are; the rest is what is made of it.
_MADE = re.compile(
    r"/(search|neighbours|ranking|doubles|sweep|direct|pages|service|traces|desk)\.py$|/(backup|keys|oversight)/"
)
_FINE = frozenset({"left out", "operand", "condition", "always", "never", "limit"})
# Statements that only refuse, by what they are called.
_REFUSE = re.compile(r"_?(refuse|check|need|require|reserve|within_limits)")
_LIMIT = re.compile("(?!BATCH|LONGEST|YES|STATUS|PAGE|REACH|START)[A-Z][A-Z_]+")
_NO, _YES = ast.Constant(False), ast.Constant(True)
Edit = Callable[[], None]
Found = Iterator[tuple[str, ast.AST, Edit]]


@dataclass(frozen=True)
class Guard:
    """One guard: where it is, of which kind, what it says; and by which lines and names its tests are found."""

    path: str
    number: int
    line: int
    kind: str
    words: str
    names: frozenset[str]
    lines: range
    at_import: bool

    @property
    def source(self) -> str:
        return (ROOT / self.path).read_text("utf-8")

    def removed(self) -> ast.Module:
        """Return the module without it."""
        tree = ast.parse(self.source)
        _kind, _node, edit = list(_Sites(tree))[self.number]
        edit()
        return ast.fix_missing_locations(tree)


def guards() -> list[Guard]:
    """Return all of them."""
    paths = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "kieubao").rglob("*.py"))
    found = [one for path in paths if not _LEFT_OUT.search(f"/{path}") for one in _guards_in(path)]
    found = [one for one in found if not (_MADE.search(one.path) and one.kind in _FINE)]
    return [one for one in found if one.kind == "limit" or not one.path.endswith("vocabulary.py")]


# What PostgreSQL alone is told or asked: its tests are not among those that run.
_POSTGRESQL = frozenset({"_sight", "_wait_alone", "BY_SCOPE", "BY_GRANT", "AND_NOWHERE"})


def _guards_in(path: str) -> Iterator[Guard]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    sites = _Sites(tree)
    for number, (kind, node, _edit) in enumerate(sites):
        owner = sites.owner(node)
        names, body = _named(owner), getattr(owner, "body", None)
        if names & _POSTGRESQL:
            continue
        is_inside = isinstance(owner, ast.FunctionDef) and node not in owner.decorator_list and kind not in _DECORATED
        # A statement that is kept is made by whichever test asks first; the others go through where it is asked.
        is_inside = is_inside and not any(getattr(one, "id", "") == "_made_once" for one in owner.decorator_list)
        lines = range(body[0].lineno, owner.end_lineno + 1) if body and isinstance(owner, ast.FunctionDef) else range(0)
        words = " ".join(ast.unparse(sites.above[id(node)] if kind == "scope" else node).split())
        yield Guard(path, number, node.lineno, kind, words, names, lines, not is_inside)


_DECORATED = frozenset({"permission", "confirmed", "opens", "hook"})


def _named(owner: ast.AST) -> frozenset[str]:
    targets = getattr(owner, "targets", [getattr(owner, "target", owner)])
    found = (one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    own = [owner.name] if isinstance(owner, ast.FunctionDef | ast.ClassDef) else []
    return frozenset([*own, *(one.id for one in found if not own)])


class _Sites:
    """The places in a module where a guard can be taken out, in their order."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.above = {id(child): parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}

    def __iter__(self) -> Found:
        for node in ast.walk(self.tree):
            for kind in (
                *(self._permissions, self._refusals, self._statements, self._scopes, self._conditions),
                *(self._operands, self._answers, self._chosen, self._limits, self._grants, self._views, self._settings),
            ):
                yield from kind(node)

    def owner(self, node: ast.AST) -> ast.AST:
        """Return the function or the statement of the module that a node is in."""
        while not isinstance(self.above[id(node)], ast.Module):
            if isinstance(node, ast.FunctionDef) and isinstance(self.above[id(node)], ast.ClassDef):
                return node
            node = self.above[id(node)]
        return node

    def _swap(self, old: ast.AST, new: ast.AST) -> Edit:
        def edit() -> None:
            above = self.above[id(old)]
            for name, value in ast.iter_fields(above):
                if value is old:
                    setattr(above, name, new)
                elif isinstance(value, list) and any(one is old for one in value):
                    value[:] = [new if one is old else one for one in value]

        return edit

    def _drop(self, among: list[ast.expr], one: ast.AST) -> Edit:
        def edit() -> None:
            among[:] = [other for other in among if other is not one]

        return edit

    def _permissions(self, node: ast.AST) -> Found:
        """What a use case asks for."""
        for one in getattr(node, "decorator_list", ()):
            if _called(one) == "use_case":
                yield "permission", one, self._swap(one, ast.Call(_anybody("may"), [one], []))
                asked = [word for word in one.keywords if word.arg in {"confirmed", "opens"}]
                yield from ((word.arg, word, self._swap(word.value, _NO)) for word in asked)
            elif _called(one) in {"before_app_request", "app_errorhandler"} or ast.unparse(one).endswith(
                "before_app_request"
            ):
                yield "hook", one, self._drop(node.decorator_list, one)

    def _refusals(self, node: ast.AST) -> Found:
        """Conditions under which something is refused, or nothing is given."""
        if isinstance(node, ast.If):
            last = node.body[-1]
            nothing = isinstance(last, ast.Return) and isinstance(last.value, ast.Constant | None) and not _said(last)
            if isinstance(last, ast.Raise) or nothing:
                yield "refusal", node.test, self._swap(node.test, _NO)
        if (
            isinstance(node, ast.IfExp)
            and ast.unparse(node.orelse) == "None"
            and ast.unparse(node.body) in ast.unparse(node.test)
        ):
            yield "refusal", node.test, self._swap(node.test, _YES)

    def _statements(self, node: ast.AST) -> Found:
        """Statements that only refuse."""
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            return
        name, call = _called(node.value), node.value
        if _REFUSE.match(name):
            inner = call.func.value if isinstance(call.func, ast.Attribute) else None
            yield (
                "check",
                node,
                self._swap(call, inner) if isinstance(inner, ast.Call) else self._swap(node, ast.Pass()),
            )
        elif name in {"after_request", "exempt"} or (name == "init_app" and "session" in ast.unparse(call)):
            yield "setting", node, self._swap(node, ast.Pass())

    def _scopes(self, node: ast.AST) -> Found:
        """Of whom."""
        if _called(node) == "within":
            yield "scope", node, self._swap(node, ast.parse("__import__('sqlalchemy').true()", mode="eval").body)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "actor.scope":
            yield "scope", node, self._swap(node, _anybody("EVERYWHERE"))

    def _conditions(self, node: ast.AST) -> Found:
        """Conditions of queries, one by one."""
        if not isinstance(node, ast.Call):
            return
        if _called(node) in {"where", "and_", "union_all"}:
            for one in node.args:
                among = self._assigned(node, one.value.id) if _is_starred_name(one) else None
                for part in among.elts if among else [one]:
                    if _called(part) == "within":
                        continue
                    yield "condition", part, self._drop(among.elts if among else node.args, part)

    def _assigned(self, node: ast.AST, name: str) -> ast.Tuple | ast.List | None:
        """Return what a name of conditions was given in the function a node is in."""
        for one in ast.walk(self.owner(node)):
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name:
                return one.value if isinstance(one.value, ast.Tuple | ast.List) else None
        return None

    def _operands(self, node: ast.AST) -> Found:
        """What else has to hold."""
        if isinstance(node, ast.BoolOp) and self._decides(node):
            for one in node.values:
                rest = [other for other in node.values if other is not one]
                if _is_for_the_type(one, rest):
                    continue
                yield "operand", one, self._swap(node, ast.BoolOp(node.op, rest) if rest[1:] else rest[0])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.BitAnd) and _is_of_sets(node):
            yield "allow-list", node, self._swap(node, node.left)

    def _decides(self, node: ast.AST) -> bool:
        """Tell whether a condition is what something hangs on, and no value with another in its place."""
        above = self.above[id(node)]
        if isinstance(above, ast.BoolOp | ast.UnaryOp):
            return self._decides(above)
        is_answer = isinstance(above, ast.Return) and ast.unparse(self.owner(above).returns or _NO) == "bool"
        return is_answer or getattr(above, "test", None) is node or node in getattr(above, "ifs", ())

    def _answers(self, node: ast.AST) -> Found:
        """What decides by yes or no."""
        if isinstance(node, ast.Return) and node.value and isinstance(self.owner(node), ast.FunctionDef):
            returns = self.owner(node).returns
            if isinstance(returns, ast.Name) and returns.id == "bool" and not isinstance(node.value, ast.Constant):
                yield "always", node, self._swap(node.value, _YES)
                yield "never", node, self._swap(node.value, _NO)
        if _called(node) == "compare_digest":
            yield "proof", node, self._swap(node, _YES)

    def _chosen(self, node: ast.AST) -> Found:
        """What is left out of what is gone through."""
        if isinstance(node, ast.comprehension):
            for one in node.ifs:
                yield "left out", one, self._drop(node.ifs, one)

    def _limits(self, node: ast.AST) -> Found:
        """Numbers, spans and sets that a module fixes."""
        is_fixed = isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(self.above[id(node)], ast.Module)
        names = _named(node) if is_fixed else frozenset()
        for one in ast.walk(node) if any(map(_LIMIT.fullmatch, names)) else ():
            if _called(one) == "timedelta":
                yield "limit", one, self._swap(one, ast.parse("timedelta(36500)", mode="eval").body)
            elif self._is_a_limit(one):
                yield "limit", one, self._swap(one, ast.Constant(one.value * 50))
            elif _called(one) == "frozenset" and not isinstance(self.above[id(one)], ast.BinOp):
                yield "allow-list", one, self._swap(one, ast.parse("frozenset()", mode="eval").body)

    def _is_a_limit(self, node: ast.AST) -> bool:
        is_number = isinstance(node, ast.Constant) and type(node.value) is int
        return is_number and not isinstance(self.above[id(node)], ast.keyword | ast.IfExp | ast.BinOp | ast.Subscript)

    def _grants(self, node: ast.AST) -> Found:
        """What each role may."""
        if isinstance(node, ast.AnnAssign) and _named(node) == {"GRANTS"} and isinstance(node.value, ast.Dict):
            for role, granted in zip(node.value.keys, node.value.values, strict=True):
                everything = ast.parse("frozenset(Permission)", mode="eval").body
                yield "grant", role, self._swap(granted, everything)

    def _views(self, node: ast.AST) -> Found:
        """What each view shows."""
        if _called(node) == "View" and isinstance(node.args[0], ast.Tuple):
            more = ast.parse("('address', 'note', 'source', 'legal_document', 'name_key')", mode="eval").body.elts
            here = {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
            columns = node.args[0].elts
            missing = [one for one in more if one.value not in here]
            yield "view", node, lambda: columns.extend(missing)

    def _settings(self, node: ast.AST) -> Found:
        """Headers, cookies, forgery."""
        if isinstance(node, ast.AnnAssign) and _named(node) == {"_HEADERS"} and isinstance(node.value, ast.Dict):
            for name, value in zip(node.value.keys, node.value.values, strict=True):
                yield "header", name, self._swap(name, ast.Constant("X-None"))
                for part in value.value.split(";") if ";" in value.value else ():
                    yield f"header {part}", value, self._swap(value, _without(value, part))
        if _called(node) == "CSRFProtect":
            yield "forgery", node, self._drop(node.args, node.args[0])
        if (
            isinstance(node, ast.keyword)
            and node.arg
            and re.search("httponly|samesite|secure", node.arg, re.IGNORECASE)
        ):
            yield "cookie", node, self._swap(node.value, ast.Constant(None))


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _said(last: ast.Return) -> bool:
    return bool(last.value and last.value.value)


def _is_starred_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Starred) and isinstance(node.value, ast.Name)


def _is_for_the_type(one: ast.expr, rest: Sequence[ast.expr]) -> bool:
    """Tell whether an operand only says that there is something for another to look at."""
    return isinstance(one, ast.Name | ast.Attribute) and any(ast.unparse(one) in ast.unparse(other) for other in rest)


def _is_of_sets(node: ast.BinOp) -> bool:
    """Tell whether something is taken from a set, or a set is narrowed: not numbers, not moments."""
    return bool(re.search(r"GRANTS|NEVER|units|permission|\bset\(|frozenset|\{", ast.unparse(node)))


def _without(value: ast.Constant, part: str) -> ast.Constant:
    return ast.Constant(value.value.replace(part, ""))


def _anybody(name: str) -> ast.expr:
    return ast.parse(f"__import__('tests.proofs.anybody', fromlist=['x']).{name}", mode="eval").body
