"""Which function or class stands round a line of a source file.

The grammars come from the extra `context`; nothing is fetched when they are used.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import PurePosixPath
from types import ModuleType
from typing import NamedTuple, Protocol


class Scope(NamedTuple):
    """A definition: its lines from 1, with what belongs to it above (comments, decorators); its own first
    line as text; and the first line of the definition round it, empty if there is none.
    """

    first: int
    last: int
    header: str
    within: str


ScopeAt = Callable[[int], Scope | None]

# Nobody writes beyond these by hand, but text that is made to take long goes there. A parser's step is some
# 0.1 ms; code needs one for about 230 bytes.
_LONGEST_TEXT = 500_000
_FEWEST_STEPS = 100
_BYTES_A_STEP = 50
_DEEPEST = 300
_MOST_LEADING = 50

_READ = 65_536


def scopes_of(path: str, text: str, load: Callable[[str], ModuleType] = import_module) -> ScopeAt | None:
    """Return what tells the innermost definition round a line of `text`.

    It knows of none if the language of `path` is not in the table. None: it is, but its grammar is not
    installed.
    """
    if not has_grammar(path) or len(text) > _LONGEST_TEXT:
        return lambda _line: None
    source = text.encode("utf-8", "replace")
    parser = _parser(path, load)
    if parser is None:
        return None
    root = _root(parser, source)
    rows = source.split(b"\n")
    return lambda line: _scope_at(root, rows, line) if root else None


def has_grammar(path: str) -> bool:
    """Tell whether the language of `path` is one whose grammar the extra installs."""
    return PurePosixPath(path).suffix.lower() in _GRAMMARS


def tree_of(
    path: str, source: bytes, load: Callable[[str], ModuleType] = import_module
) -> "tuple[Node | None, bool]":
    """Return the root of the syntax tree of `source`, and whether its grammar is installed.

    There is no root without a grammar, nor of text that is very long or takes far longer than code does.
    """
    parser = _parser(path, load) if has_grammar(path) and len(source) <= _LONGEST_TEXT else None
    return (_root(parser, source) if parser else None), parser is not None


def _parser(path: str, load: Callable[[str], ModuleType]) -> "_Parser | None":
    module, function = _GRAMMARS[PurePosixPath(path).suffix.lower()]
    try:
        library, languages = load("tree_sitter"), load(module)
        parser: _Parser = library.Parser(library.Language(getattr(languages, function)()))
    except (ImportError, AttributeError, TypeError, ValueError):  # or of versions that do not fit together
        return None
    return parser


class Node(Protocol):
    """What is used of `tree_sitter.Node`; points are row and column, from 0, columns in bytes."""

    @property
    def type(self) -> str: ...
    @property
    def is_named(self) -> bool: ...
    @property
    def is_error(self) -> bool: ...
    @property
    def is_missing(self) -> bool: ...
    @property
    def has_error(self) -> bool: ...
    @property
    def children(self) -> "Sequence[Node]": ...
    @property
    def prev_named_sibling(self) -> "Node | None": ...
    @property
    def next_named_sibling(self) -> "Node | None": ...
    @property
    def start_byte(self) -> int: ...
    @property
    def end_byte(self) -> int: ...
    @property
    def start_point(self) -> tuple[int, int]: ...
    @property
    def end_point(self) -> tuple[int, int]: ...
    def walk(self) -> "_Cursor": ...


class _Cursor(Protocol):
    """What is used of `tree_sitter.TreeCursor`."""

    @property
    def node(self) -> Node | None: ...
    def goto_first_child_for_point(self, point: tuple[int, int], /) -> int | None: ...


class _Tree(Protocol):
    @property
    def root_node(self) -> Node: ...


class _Parser(Protocol):
    def parse(
        self, source: Callable[[int, object], bytes], /, *, progress_callback: Callable[[int, bool], bool]
    ) -> _Tree: ...


def _root(parser: _Parser, source: bytes) -> Node | None:
    """Return the root of the tree; None if the text takes far longer than code of its length does."""
    steps = iter(range(_FEWEST_STEPS + len(source) // _BYTES_A_STEP))
    try:
        return parser.parse(
            lambda offset, _point: source[offset : offset + _READ],
            progress_callback=lambda _offset, _has_error: next(steps, None) is None,
        ).root_node
    except ValueError:  # the library's word for a parse that its callback stopped
        return None


def _scope_at(root: Node, rows: list[bytes], line: int) -> Scope | None:
    """Return the deeper of the scopes at both ends of the line: one may begin or end in it."""
    row = rows[line - 1] if 0 < line <= len(rows) else b""
    if not row.strip():
        return None
    columns = (len(row.rstrip()) - 1, len(row) - len(row.lstrip()))
    found = max((list(_definitions(root, (line - 1, column))) for column in columns), key=len)
    if not found:
        return None
    whole, named = found[-1]
    return Scope(
        first=_first_row(whole) + 1,
        last=_last_row(whole) + 1,
        header=_text(rows, named),
        within=_text(rows, found[-2][1]) if len(found) > 1 else "",
    )


def _definitions(root: Node, point: tuple[int, int]) -> Iterator[tuple[Node, Node]]:
    """Yield the definitions round `point`, outermost first, each with and without its wrapping.

    A decorator belongs to what it decorates.
    """
    whole = parent = root
    for each in _path(root, point):
        node = _decorated(each) if each.type in _DECORATIONS else each
        if parent.type not in _WRAPPERS:
            whole = node
        if _is_definition(node, parent):
            yield whole, node
        parent = node


def _decorated(decoration: Node) -> Node:
    """Return what stands below a decorator and those that follow it; the decorator itself if nothing does."""
    node: Node | None = decoration
    for _ in range(_MOST_LEADING):
        if node is None or node.type not in _LEADING:
            break
        node = node.next_named_sibling
    return node or decoration


def _path(root: Node, point: tuple[int, int]) -> Iterator[Node]:
    """Yield the nodes below the root that hold `point`, outermost first.

    This goes down and not up, since `Node.parent` itself goes down from the root each time.
    """
    cursor = root.walk()
    for _ in range(_DEEPEST):
        if cursor.goto_first_child_for_point(point) is None:
            return
        node = cursor.node
        if node is None or not node.start_point <= point < node.end_point:
            return
        yield node


def _is_definition(node: Node, parent: Node) -> bool:
    if node.start_point[0] == node.end_point[0]:  # also a mere mention, such as C's `struct point`
        return False
    if node.type in _NAMELESS:
        return parent.type in _NAMING
    return node.is_named and node.type in _DEFINITIONS


def _first_row(node: Node) -> int:
    """Return the row where `node` begins, with the comments and decorators that stand right above it."""
    row = node.start_point[0]
    for _ in range(_MOST_LEADING):
        above = node.prev_named_sibling
        if above is None or above.type not in _LEADING or _last_row(above) + 1 < row:
            break
        node, row = above, above.start_point[0]
    return row


def _last_row(node: Node) -> int:
    row, column = node.end_point
    return row if column else row - 1


def _text(rows: list[bytes], node: Node) -> str:
    return rows[node.start_point[0]].decode("utf-8", "replace").strip()


# By the end of a file's name: the module of its grammar, and the function in it.
_GRAMMARS = {
    suffix: grammar
    for suffixes, *grammar in (
        (".py .pyi", "tree_sitter_python", "language"),
        (".js .jsx .mjs .cjs", "tree_sitter_javascript", "language"),
        (".ts .mts .cts", "tree_sitter_typescript", "language_typescript"),
        (".tsx", "tree_sitter_typescript", "language_tsx"),
        (".go", "tree_sitter_go", "language"),
        (".java", "tree_sitter_java", "language"),
        (".rs", "tree_sitter_rust", "language"),
        (".rb .rake", "tree_sitter_ruby", "language"),
        (".c", "tree_sitter_c", "language"),
        (".h .cc .cpp .cxx .hh .hpp .hxx", "tree_sitter_cpp", "language"),
        (".cs", "tree_sitter_c_sharp", "language"),
        (".php", "tree_sitter_php", "language_php"),
    )
    for suffix in suffixes.split()
}

# The names that the grammars give to definitions. No name means another thing in another of them.
_DEFINITIONS = frozenset(
    {
        "abstract_class_declaration",
        "annotation_type_declaration",
        "class",
        "class_declaration",
        "class_definition",
        "class_specifier",
        "constructor_declaration",
        "destructor_declaration",
        "enum_declaration",
        "enum_item",
        "enum_specifier",
        "function_declaration",
        "function_definition",
        "function_item",
        "generator_function_declaration",
        "impl_item",
        "indexer_declaration",
        "interface_declaration",
        "local_function_statement",
        "macro_definition",
        "method",
        "method_declaration",
        "method_definition",
        "operator_declaration",
        "property_declaration",
        "record_declaration",
        "singleton_method",
        "struct_declaration",
        "struct_item",
        "struct_specifier",
        "trait_declaration",
        "trait_item",
        "type_alias_declaration",
        "type_declaration",
        "union_specifier",
    }
)
_NAMELESS = frozenset({"arrow_function", "function_expression"})
_NAMING = frozenset(
    {"variable_declarator", "pair", "assignment_expression", "field_definition", "public_field_definition"}
)
_WRAPPERS = _NAMING | {
    "decorated_definition",
    "export_statement",
    "expression_statement",
    "lexical_declaration",
    "template_declaration",
    "variable_declaration",
}
_DECORATIONS = frozenset({"attribute_item", "decorator"})
_LEADING = _DECORATIONS | {"comment", "line_comment", "block_comment"}
