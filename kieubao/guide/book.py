"""The handbook and the glossary, read from the Markdown beside them. Templates draw the trees; no HTML is in a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kieubao.ground.text import fold

_FOLDER: Final = Path(__file__).parent
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Chapter:
    """A part of the handbook: its heading as written, the name it is led to by, and what stands below it."""

    title: str
    nodes: Sequence[SyntaxTreeNode]

    @property
    def name(self) -> str:
        """Return `trang-chinh` for “3. Trang chính”: a number changes when a chapter is put before it."""
        return "-".join(fold(self.title.partition(" ")[2]).split())


def _read(name: str) -> list[SyntaxTreeNode]:
    """Return what stands below the title of a text."""
    return SyntaxTreeNode(_MARKDOWN.parse((_FOLDER / name).read_text("utf-8"))).children[1:]


def _parts(nodes: list[SyntaxTreeNode]) -> list[list[SyntaxTreeNode]]:
    """Return what stands before the first heading, and each heading with what stands below it."""
    headings = [number for number, one in enumerate(nodes) if one.tag == "h2"]
    return [nodes[start:end] for start, end in pairwise([0, *headings, len(nodes)])]


PREFACE, *_PARTS = _parts(_read("so-tay-can-bo.md"))
CHAPTERS: Final = tuple(Chapter(heading.children[0].content, below) for heading, *below in _PARTS)
NAMED: Final = {one.name: one for one in CHAPTERS}
# Of each word its row: in Vietnamese and what it means, in English and what it means.
GLOSSARY: Final = tuple(tuple(row.children) for row in _read("glossary.md")[0].children[1].children)
