"""A script run by itself, where nothing can be reached but the file in stdin, and only so much be taken.

`python -I bounded.py SCRIPT SECONDS [WORD …]`: the words go to the script's `main`; what that returns, unless it is
blank, is written to stderr, and the process ends with 1. Imports nothing of kieubao.
"""

import codecs
import resource
import sys
from importlib.util import module_from_spec, spec_from_file_location

MEMORY = 256 * 2**20
# Three files are open: stdin, stdout and stderr. No other can be, nor a connection, nor another process.
_BOUNDS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_NOFILE: 3,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_FSIZE: 0,
}
# How the parts of an archive are named, and old workbooks are written.
_CODECS = ("cp437", "cp1252", "cp1258", "latin-1", "utf-8", "utf-16-le")


def bind(seconds: int) -> None:
    """Give up whatever is not needed to read one file."""
    for what, most in {**_BOUNDS, resource.RLIMIT_CPU: seconds}.items():
        resource.setrlimit(what, (most, most))


def main(script: str, seconds: str, *words: str) -> str:
    spec = spec_from_file_location("script", script)
    if not (spec and spec.loader):
        raise ImportError(script)
    spec.loader.exec_module(module := module_from_spec(spec))
    # A codec is found before nothing can be opened any more; the first word may name one.
    for codec in (*_CODECS, *words[:1]):
        codecs.lookup(codec)
    bind(int(seconds))
    try:
        word: str = module.main(*words)
    except Exception:  # noqa: BLE001 - whatever a file did, one word of it leaves: what it holds would fill the pipe
        return "unreadable"
    return word


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or None)
