"""Who may do what: the whole of it, in one table. docs/policy.md is generated from here."""

from dataclasses import dataclass
from enum import StrEnum

from kieubao.ground.errors import Forbidden, _


class Permission(StrEnum):
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_SELF = "account:self"
    AUDIT_READ = "audit:read"
    AUDIT_WITNESS = "audit:witness"
    CONSENT_RECORD = "consent:record"
    GRANT_WIDEN = "grant:widen"
    INTAKE_RUN = "intake:run"
    LIST_APPROVE = "list:approve"
    LIST_DRAFT = "list:draft"
    LIST_PULL = "list:pull"
    LIST_READ = "list:read"
    NOTICE_WRITE = "notice:write"
    PERSON_INSPECT = "person:inspect"
    PERSON_READ = "person:read"
    PERSON_SEARCH = "person:search"
    PERSON_WRITE = "person:write"
    REFERENCE_READ = "reference:read"


class Role(StrEnum):
    CLERK = "clerk"
    APPROVER = "approver"
    ORGANIZER = "organizer"
    POLICE = "police"
    POLICE_HEAD = "police_head"
    PROTECTION_OFFICER = "protection_officer"
    ADMIN = "admin"
    # Actors that no account can be given.
    SYSTEM = "system"


ASSIGNABLE = frozenset(Role) - {Role.SYSTEM}

_P = Permission
_EVERYONE = frozenset({_P.ACCOUNT_SELF, _P.REFERENCE_READ})
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _EVERYONE
    | {_P.PERSON_SEARCH, _P.PERSON_READ, _P.PERSON_WRITE, _P.CONSENT_RECORD, _P.INTAKE_RUN}
    | {_P.LIST_READ, _P.LIST_DRAFT},
    Role.APPROVER: _EVERYONE | {_P.PERSON_SEARCH, _P.PERSON_READ, _P.LIST_READ, _P.LIST_APPROVE},
    Role.ORGANIZER: _EVERYONE | {_P.LIST_PULL},
    Role.POLICE: _EVERYONE,
    Role.POLICE_HEAD: _EVERYONE,
    Role.PROTECTION_OFFICER: _EVERYONE
    | {_P.PERSON_INSPECT, _P.AUDIT_READ, _P.AUDIT_WITNESS}
    | {_P.NOTICE_WRITE, _P.GRANT_WIDEN},
    Role.ADMIN: _EVERYONE | {_P.ACCOUNT_MANAGE},
    Role.SYSTEM: frozenset({_P.ACCOUNT_MANAGE, _P.AUDIT_READ, _P.AUDIT_WITNESS, _P.NOTICE_WRITE}),
}
# What a token may never carry, whoever holds it.
NEVER_BY_TOKEN = frozenset({_P.ACCOUNT_MANAGE})


@dataclass(frozen=True)
class Scope:
    """The current units whose natives an account may see: codes of provinces (2) and communes (5)."""

    units: frozenset[str] = frozenset()

    @property
    def provinces(self) -> list[str]:
        return sorted(code for code in self.units if len(code) == 2)  # noqa: PLR2004 - a province's code

    @property
    def communes(self) -> list[str]:
        return sorted(self.units - set(self.provinces))

    def covers(self, unit: str, province: str) -> bool:
        """Tell whether a unit, or the province it lies in, is in scope."""
        return unit in self.units or province in self.units


@dataclass(frozen=True)
class Actor:
    """Who is asking.

    `permissions` is what the role grants, or the part of it that a token carries; `office` is the code of
    the province that keeps this registry.
    """

    id: int | None
    role: Role
    name: str = ""
    organisation_id: int | None = None
    scope: Scope = Scope()
    permissions: frozenset[Permission] = frozenset()
    office: str = ""

    @property
    def account_id(self) -> int:
        """The account whose deed this is; the system owns nothing, and has none."""
        if self.id is None:
            raise RuntimeError("the system has no account")
        return self.id

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions & GRANTS[self.role]

    def require(self, permission: Permission) -> None:
        if not self.can(permission):
            raise Forbidden(_("Your role does not allow this (%(permission)s)"), permission=permission)


SYSTEM = Actor(None, Role.SYSTEM, "system", permissions=GRANTS[Role.SYSTEM])
