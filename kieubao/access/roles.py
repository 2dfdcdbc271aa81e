"""Who may do what: the whole of it, in one table. docs/policy.md is generated from here."""

from dataclasses import dataclass
from enum import StrEnum

from kieubao.ground.errors import ConfirmNeeded, Forbidden, _


class Permission(StrEnum):
    ACCOUNT_CONFIRM = "account:confirm"
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_SELF = "account:self"
    AGREEMENT_WRITE = "agreement:write"
    AUDIT_READ = "audit:read"
    AUDIT_WITNESS = "audit:witness"
    BACKUP_MAKE = "backup:make"
    CENSUS_TAKE = "census:take"
    CONSENT_RECORD = "consent:record"
    DISCLOSURE_APPROVE = "disclosure:approve"
    DISCLOSURE_DECIDE = "disclosure:decide"
    DISCLOSURE_ENDORSE = "disclosure:endorse"
    DISCLOSURE_FILE = "disclosure:file"
    DISCLOSURE_FOLLOW = "disclosure:follow"
    DISCLOSURE_OPEN = "disclosure:open"
    DISCLOSURE_TEND = "disclosure:tend"
    DUPLICATE_SWEEP = "duplicate:sweep"
    ERASURE_SCRUB = "erasure:scrub"
    GRANT_WIDEN = "grant:widen"
    INTAKE_DECIDE = "intake:decide"
    INTAKE_READ = "intake:read"
    INTAKE_RUN = "intake:run"
    INTAKE_UNDO = "intake:undo"
    INDEX_REBUILD = "index:rebuild"
    KEY_MANAGE = "key:manage"
    LINK_GIVE = "link:give"
    LIST_APPROVE = "list:approve"
    LIST_DRAFT = "list:draft"
    LIST_PULL = "list:pull"
    LIST_READ = "list:read"
    MANDATE_CONFIRM = "mandate:confirm"
    MANDATE_KEEP = "mandate:keep"
    MANDATE_PROPOSE = "mandate:propose"
    MESSAGE_SEND = "message:send"
    MESSAGE_TELL = "message:tell"
    NOTICE_APPROVE = "notice:approve"
    NOTICE_WRITE = "notice:write"
    OVERSIGHT_KEEP = "oversight:keep"
    OVERSIGHT_READ = "oversight:read"
    PERSON_INSPECT = "person:inspect"
    PERSON_MERGE = "person:merge"
    PERSON_READ = "person:read"
    PERSON_SEARCH = "person:search"
    PERSON_WRITE = "person:write"
    PLAN_WRITE = "plan:write"
    PLEA_PLACE = "plea:place"
    PLEA_SEND = "plea:send"
    RECEIPT_GIVE = "receipt:give"
    REFERENCE_READ = "reference:read"
    REGISTRATION_DECIDE = "registration:decide"
    REGISTRATION_SEND = "registration:send"
    REMINDER_SEND = "reminder:send"
    REQUEST_ERASE = "request:erase"
    REQUEST_FILE = "request:file"
    REQUEST_HANDLE = "request:handle"
    REQUEST_READ = "request:read"
    RESPONSE_GIVE = "response:give"
    RESPONSE_RECORD = "response:record"
    RETENTION_ERASE = "retention:erase"
    RETENTION_READ = "retention:read"
    RETENTION_WRITE = "retention:write"
    ROSTER_APPROVE = "roster:approve"
    SCAN_READ = "scan:read"
    SESSION_OPEN = "session:open"
    TEXT_TAKE = "text:take"
    VISIT_CHANGE = "visit:change"
    VISIT_OPEN = "visit:open"
    VISIT_READ = "visit:read"
    WORKDAY_SEE = "workday:see"


class Role(StrEnum):
    CLERK = "clerk"
    APPROVER = "approver"
    ORGANIZER = "organizer"
    POLICE = "police"
    POLICE_HEAD = "police_head"
    PROTECTION_OFFICER = "protection_officer"
    ADMIN = "admin"
    # Actors that no account can be given.
    PUBLIC = "public"
    SUBJECT = "subject"
    SYSTEM = "system"


ASSIGNABLE = frozenset(Role) - {Role.PUBLIC, Role.SUBJECT, Role.SYSTEM}
# Whose second factor is a passkey; a code is enough for the others.
BY_PASSKEY = frozenset({Role.POLICE, Role.POLICE_HEAD, Role.PROTECTION_OFFICER, Role.ADMIN})

_P = Permission
_EVERYONE = frozenset({_P.ACCOUNT_SELF, _P.REFERENCE_READ, _P.WORKDAY_SEE})
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _EVERYONE
    | {_P.PERSON_SEARCH, _P.PERSON_READ, _P.PERSON_WRITE, _P.CONSENT_RECORD, _P.INTAKE_RUN}
    | {_P.INTAKE_READ, _P.LIST_READ, _P.LIST_DRAFT, _P.DUPLICATE_SWEEP, _P.RESPONSE_RECORD}
    | {_P.REQUEST_FILE, _P.REQUEST_READ, _P.RECEIPT_GIVE, _P.LINK_GIVE, _P.MESSAGE_TELL}
    | {_P.PLEA_PLACE, _P.REGISTRATION_DECIDE, _P.TEXT_TAKE},
    Role.APPROVER: _EVERYONE
    | {_P.PERSON_SEARCH, _P.PERSON_READ, _P.PERSON_MERGE}
    | {_P.LIST_READ, _P.LIST_APPROVE, _P.INTAKE_READ, _P.INTAKE_UNDO, _P.INTAKE_DECIDE, _P.PLAN_WRITE}
    | {_P.REQUEST_READ, _P.REQUEST_ERASE, _P.NOTICE_APPROVE}
    | {_P.RETENTION_READ, _P.RETENTION_ERASE, _P.DISCLOSURE_APPROVE},
    Role.ORGANIZER: _EVERYONE | {_P.LIST_PULL},
    Role.POLICE: _EVERYONE | {_P.DISCLOSURE_FILE, _P.DISCLOSURE_FOLLOW, _P.DISCLOSURE_OPEN},
    Role.POLICE_HEAD: _EVERYONE | {_P.DISCLOSURE_FOLLOW, _P.DISCLOSURE_ENDORSE},
    Role.PROTECTION_OFFICER: _EVERYONE
    | {_P.PERSON_INSPECT, _P.AUDIT_READ, _P.AUDIT_WITNESS, _P.NOTICE_WRITE, _P.GRANT_WIDEN}
    | {_P.ACCOUNT_CONFIRM, _P.AGREEMENT_WRITE, _P.OVERSIGHT_READ, _P.OVERSIGHT_KEEP, _P.ROSTER_APPROVE}
    | {_P.REQUEST_FILE, _P.REQUEST_READ, _P.REQUEST_HANDLE, _P.PLEA_PLACE}
    | {_P.RETENTION_READ, _P.RETENTION_WRITE, _P.SCAN_READ}
    | {_P.DISCLOSURE_DECIDE, _P.MANDATE_CONFIRM, _P.MANDATE_KEEP},
    Role.ADMIN: _EVERYONE
    | {_P.ACCOUNT_MANAGE, _P.BACKUP_MAKE, _P.INDEX_REBUILD, _P.KEY_MANAGE}
    | {_P.ERASURE_SCRUB, _P.MANDATE_PROPOSE, _P.MANDATE_KEEP},
    Role.PUBLIC: frozenset({_P.SESSION_OPEN, _P.PLEA_SEND, _P.REGISTRATION_SEND}),
    Role.SUBJECT: frozenset({_P.RESPONSE_GIVE, _P.VISIT_OPEN, _P.VISIT_READ, _P.VISIT_CHANGE}),
    Role.SYSTEM: frozenset({_P.ACCOUNT_MANAGE, _P.AUDIT_READ, _P.BACKUP_MAKE, _P.KEY_MANAGE})
    | {_P.AUDIT_WITNESS, _P.INDEX_REBUILD, _P.INTAKE_UNDO, _P.OVERSIGHT_READ, _P.DUPLICATE_SWEEP}
    | {_P.ERASURE_SCRUB, _P.MESSAGE_SEND, _P.PLEA_PLACE, _P.REMINDER_SEND, _P.DISCLOSURE_TEND}
    | {_P.CENSUS_TAKE},
}
# What whoever has a link may do before it is shown that it is theirs.
UNPROVED = frozenset({_P.VISIT_OPEN})
# Whom the database shows a use case, by its permission (docs/postgresql.md): the people within the actor's scope,
# or those on lists open to the actor's organisation and in files it took. For any other permission, nobody.
BY_SCOPE = frozenset(
    {_P.PERSON_SEARCH, _P.PERSON_READ, _P.PERSON_WRITE, _P.PERSON_INSPECT, _P.CONSENT_RECORD, _P.INTAKE_RUN}
    | {_P.PERSON_MERGE, _P.RESPONSE_RECORD, _P.ROSTER_APPROVE}
    | {_P.REQUEST_FILE, _P.REQUEST_READ, _P.REQUEST_HANDLE, _P.REQUEST_ERASE, _P.RECEIPT_GIVE}
    | {_P.INTAKE_READ, _P.INTAKE_UNDO, _P.INTAKE_DECIDE}
    | {_P.LIST_READ, _P.LIST_DRAFT, _P.LIST_APPROVE, _P.AUDIT_READ, _P.OVERSIGHT_READ, _P.OVERSIGHT_KEEP}
    | {
        _P.DISCLOSURE_APPROVE,
        _P.DISCLOSURE_DECIDE,
        _P.LINK_GIVE,
        _P.MESSAGE_TELL,
        _P.PLEA_PLACE,
        _P.REGISTRATION_DECIDE,
        _P.RETENTION_ERASE,
        _P.RETENTION_READ,
        _P.RETENTION_WRITE,
        _P.SCAN_READ,
        _P.VISIT_OPEN,
        _P.VISIT_READ,
        _P.VISIT_CHANGE,
    }
)
BY_GRANT = frozenset({_P.LIST_PULL})
# What the own unit asked of the police desk, and nobody.
BY_UNIT = frozenset({_P.DISCLOSURE_FILE, _P.DISCLOSURE_FOLLOW, _P.DISCLOSURE_ENDORSE, _P.DISCLOSURE_OPEN})
# Beside the people within scope, all that was asked of it.
AT_DESK = frozenset({_P.DISCLOSURE_APPROVE, _P.DISCLOSURE_DECIDE})
# What waits for somebody is counted over all that their other permissions show.
BY_ROLE = frozenset({_P.WORKDAY_SEE})
# A record that is merged into another lies in no unit any more, and nobody sees it but who undoes that.
NOWHERE = ""
AND_NOWHERE = frozenset({_P.PERSON_MERGE})
# What a token may never carry, whoever holds it.
NEVER_BY_TOKEN = frozenset(
    {_P.ACCOUNT_MANAGE, _P.ACCOUNT_CONFIRM, _P.BACKUP_MAKE, _P.KEY_MANAGE, _P.OVERSIGHT_KEEP}
    | {_P.DISCLOSURE_APPROVE, _P.DISCLOSURE_DECIDE, _P.DISCLOSURE_ENDORSE, _P.DISCLOSURE_OPEN}
    | {_P.MANDATE_CONFIRM, _P.MANDATE_PROPOSE, _P.MANDATE_KEEP}
)
# However much a role may, it does no more: different people opened a day, people found a day, and acts a minute.
OPENED_A_DAY = 200
FOUND_A_DAY = 10_000
ACTS_A_MINUTE = 300


@dataclass(frozen=True)
class Scope:
    """The current units whose natives an account may see: codes of provinces (2) and communes (5).

    `person`: whoever asks by a link of their own sees themselves.
    """

    units: frozenset[str] = frozenset()
    person: int | None = None

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
    the province that keeps this registry. `confirmed`: the asker proved who they are within ten minutes, or
    holds a token, which was made so.
    """

    id: int | None
    role: Role
    name: str = ""
    organisation_id: int | None = None
    scope: Scope = Scope()
    permissions: frozenset[Permission] = frozenset()
    office: str = ""
    session: int | None = None
    confirmed: bool = True

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

    def require_confirmed(self) -> None:
        if not self.confirmed:
            raise ConfirmNeeded(_("Confirm that it is you"))


PUBLIC = Actor(None, Role.PUBLIC, "public", permissions=GRANTS[Role.PUBLIC])
# Whoever has a link that was sent to somebody on record.
SUBJECT = Actor(None, Role.SUBJECT, "subject", permissions=GRANTS[Role.SUBJECT])
SYSTEM = Actor(None, Role.SYSTEM, "system", permissions=GRANTS[Role.SYSTEM])
