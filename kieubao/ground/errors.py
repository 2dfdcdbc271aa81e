"""The ways a request can fail. Rules raise them; only `http` knows status codes and languages.

A message is an English sentence with `%(name)s` places. It is the key of its translation, so it is
marked with `_` where it is written and translated where it is shown.
"""

from typing import Any, ClassVar


def _(message: str) -> str:
    """Mark a sentence for translation without translating it."""
    return message


class KieubaoError(Exception):
    """What went wrong, as a sentence to translate and the values that go into it."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


class NotFound(KieubaoError):
    """Absent, or out of scope: the asker cannot tell which."""

    code = "not-found"


class Walled(NotFound):
    """Held back by the database itself (`walls`): gone out of sight on the way, or never in sight of the asker."""

    code = "walled"


class Misdirected(KieubaoError):
    """Asked under a name that is not this service's."""

    code = "misdirected"


class SignInNeeded(KieubaoError):
    code = "sign-in-needed"


class SignInRefused(KieubaoError):
    """A name, a password, a code or a passkey that is not right: which of them, only the trail knows."""

    code = "sign-in-refused"


class ConfirmNeeded(KieubaoError):
    """An act that asks for a sign-in fresher than the asker's."""

    code = "confirm-needed"


class TooMany(KieubaoError):
    """More than a limit allows; `wait` is in how many seconds the next is taken."""

    code = "too-many"

    def __init__(self, message: str, *, wait: int, **values: Any) -> None:
        super().__init__(message, **values)
        self.wait = wait


class Forbidden(KieubaoError):
    code = "forbidden"


class Conflict(KieubaoError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class Alike(Conflict):
    """Who is to be recorded may be on record: `people` says who, and why they seem so."""

    code = "alike"

    def __init__(self, message: str, *, people: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.people = people


class Stale(KieubaoError):
    """Somebody changed it in between: `theirs` is what stands now, `yours` what was sent."""

    code = "stale"

    def __init__(self, message: str, *, theirs: dict[str, Any], yours: dict[str, Any]) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.yours = yours


class Invalid(KieubaoError):
    """A value that cannot be taken. `field` is its name in the form, where one is known."""

    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None, **values: Any) -> None:
        super().__init__(message, **values)
        self.field = field


class VersionNeeded(KieubaoError):
    """A change was sent without the version it is meant for."""

    code = "version-needed"


class Unrecorded(KieubaoError):
    """The audit line could not be written, so there is no answer."""

    code = "unrecorded"
