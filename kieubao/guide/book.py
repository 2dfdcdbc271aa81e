"""The handbook and the glossary, read from the Markdown beside them. Templates draw the trees; no HTML is in a text."""

from dataclasses import dataclass
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
    nodes: tuple[SyntaxTreeNode, ...]

    @property
    def name(self) -> str:
        """Return `trang-chinh` for “3. Trang chính”: a number changes when a chapter is put before it."""
        return "-".join(fold(self.title.partition(" ")[2]).split())


def _read(name: str) -> list[SyntaxTreeNode]:
    """Return what stands below the title of a text."""
    return SyntaxTreeNode(_MARKDOWN.parse((_FOLDER / name).read_text("utf-8"))).children[1:]


def _chapters(nodes: list[SyntaxTreeNode]) -> tuple[Chapter, ...]:
    starts = [number for number, one in enumerate(nodes) if one.tag == "h2"]
    ends = [*starts[1:], len(nodes)]
    return tuple(
        Chapter(nodes[start].children[0].content, tuple(nodes[start + 1 : end]))
        for start, end in zip(starts, ends, strict=True)
    )


_HANDBOOK: Final = _read("so-tay-can-bo.md")
CHAPTERS: Final = _chapters(_HANDBOOK)
NAMED: Final = {one.name: one for one in CHAPTERS}
# What whoever opens the book reads first.
PREFACE: Final = tuple(_HANDBOOK[: next(number for number, one in enumerate(_HANDBOOK) if one.tag == "h2")])
# Of each word its row: in Vietnamese and what it means, in English and what it means.
GLOSSARY: Final = tuple(tuple(row.children) for row in _read("glossary.md")[0].children[1].children)
