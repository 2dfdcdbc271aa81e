"""A small province that pages can be shown of, and the accounts that sign in to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kieubao.access.roles import ASSIGNABLE, Actor
from kieubao.access.session import actor_for
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.outreach import lists, service
from kieubao.people import registry
from tests import factories
from tests.signing import let_in


def sign_in_accounts() -> dict[str, Actor]:
    """One account of each role, called by it; the organizer is of another office."""
    office = {"organizer": "Hội Liên lạc với người Việt Nam ở nước ngoài"}
    cast = {
        role.value: actor_for(
            factories.account(
                role.value,
                username=role.value.replace("_", ""),
                organisation=office.get(role.value, "Sở Ngoại vụ"),
            )
        )
        for role in ASSIGNABLE
    }
    # Signing in writes, so that a transaction which has read before it could not write on SQLite.
    db.session.rollback()
    return cast


@dataclass(frozen=True)
class Province:
    cast: dict[str, Actor]
    codes: dict[str, Any]

    @property
    def roles(self) -> set[str]:
        return {role for role, _address in addresses(self.codes)}


def furnish() -> Province:
    """People of every kind, a list in every state, an issue that was pulled and a no since."""
    cast = sign_in_accounts()
    hoa = factories.person(
        "Đặng Thị Hòa",
        country="CZ",
        born="14/08/1968",
        gender="female",
        city="Praha",
        address="Libušská 319, Praha 4",
        status="settled",
        generation="1",
        occupation="Chủ cửa hàng",
        sector="G",
        interests=["trade", "charity"],
        languages=["vi", "cs"],
        other_names=["Hoa Dang"],
        note="Thường về quê dịp Tết",
        contact_points=[
            {"channel": "phone", "value": "+420 601 555 148"},
            {"channel": "email", "value": "hoa@example.com"},
            {"channel": "zalo", "value": "01683456789", "owner": "relative"},
        ],
        memberships=[{"association": "Hội người Hà Tĩnh tại Séc", "country": "CZ", "role": "Phó chủ tịch"}],
    )
    binh = factories.person(
        "Trần Văn Bình", country="PL", contact_points=[{"channel": "email", "value": "binh@example.com"}]
    )
    dao = factories.person("Lê Thị Đào", kind="home", country="VN", gender="female", born="1942")
    registry.tie([(hoa.id, dao.id, "parent", "child")])
    factories.notice()
    for one in (hoa, binh):
        factories.consent(one.id)
    factories.consent(hoa.id, State.REFUSED, Purpose.INVESTMENT, Channel.PHONE, evidence=None, notice_id=None)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    service.pull(cast["organizer"], issue.code, reason="in giấy mời", format="csv").content.close()
    factories.consent(binh.id, State.WITHDRAWN, evidence=None, notice_id=None)
    draft = factories.listed(cast["clerk"], countries=["CZ", "PL"], age_from=16)
    submitted = factories.listed(cast["clerk"], purpose=Purpose.INVESTMENT)
    lists.submit(submitted)
    db.session.commit()
    codes = {"hoa": hoa.code, "dao": dao.code, "issue": issue.code, "published": issue.outreach_list.code}
    codes |= {"draft": draft.code, "submitted": submitted.code, "occasion": draft.occasion.code}
    codes["until"] = (clock.today() + timedelta(days=7)).strftime("%d/%m/%Y")
    return Province(cast, codes)


def addresses(codes: dict[str, Any]) -> list[tuple[str, str]]:
    """Every page: whose it is, and its address."""
    person, draft, published = (f"/persons/{codes['hoa']}", f"/lists/{codes['draft']}", f"/lists/{codes['published']}")
    clerk = ["/persons", "/persons/new", person]
    clerk += [f"{person}/{page}" for page in ("edit", "contact-points/new", "contact-points/1/retire", "kinships/new")]
    clerk += [f"{person}/kinships/{codes['dao']}/remove"]
    clerk += [f"{person}/{page}" for page in ("consents", "consents/new", "withdrawal", "standing")]
    clerk += [
        "/",
        "/account",
        "/account/password",
        "/lists",
        "/lists/new",
        "/occasions",
        "/occasions/new",
        draft,
        f"{draft}/edit",
        published,
    ]
    approver = [f"/lists/{codes['submitted']}", f"/lists/{codes['submitted']}/return", published]
    approver += [f"{published}/{page}" for page in ("close", "grants/new")]
    pages = {"clerk": clerk, "approver": approver, "organizer": ["/", "/issues", f"/issues/{codes['issue']}"]}
    pages["protection_officer"] = ["/inspections", "/grants/limits", "/trail", "/changes", "/no/such/page"]
    pages["admin"] = ["/", "/accounts", "/accounts/new", "/accounts/clerk/change", "/accounts/clerk/disable"]
    return [(role, address) for role, some in pages.items() for address in some]


def reader(client: Any, role: str) -> Any:
    """Open another window of the test client, signed in as the account of a role."""
    window = type(client)(client.application, client.application.response_class)
    return let_in(window, role.replace("_", ""))
