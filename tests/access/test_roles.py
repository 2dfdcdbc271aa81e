"""What a scope covers, and what an actor is let do."""

from dataclasses import replace

import pytest

from kieubao.access.roles import PUBLIC, SYSTEM, Actor, Permission, Role, Scope
from kieubao.ground.errors import ConfirmNeeded, Forbidden


def test_a_scope_is_of_provinces_and_communes():
    scope = Scope(frozenset({"42", "68", "18673", "00004"}))
    assert (scope.provinces, scope.communes) == (["42", "68"], ["00004", "18673"])
    assert (Scope().provinces, Scope().communes) == ([], [])


@pytest.mark.parametrize(
    ("units", "covered"), [({"42"}, True), ({"18673"}, True), ({"68", "18673"}, True), ({"68"}, False), (set(), False)]
)
def test_a_unit_is_covered_by_itself_or_its_province(units, covered):
    assert Scope(frozenset(units)).covers("18673", "42") == covered


def test_an_actor_may_what_both_the_role_and_the_token_grant():
    """A permission that a role has lost is lost to its tokens too."""
    clerk = Actor(7, Role.CLERK, permissions=frozenset({Permission.PERSON_READ, Permission.LIST_APPROVE}))
    assert clerk.can(Permission.PERSON_READ)
    for permission in (Permission.LIST_APPROVE, Permission.PERSON_SEARCH):
        with pytest.raises(Forbidden) as refused:
            clerk.require(permission)
        assert refused.value.values == {"permission": permission}
    clerk.require(Permission.PERSON_READ)


def test_who_proved_it_long_ago_is_asked_again():
    clerk = Actor(7, Role.CLERK)
    clerk.require_confirmed()
    with pytest.raises(ConfirmNeeded):
        replace(clerk, confirmed=False).require_confirmed()


def test_nobody_and_the_system_own_nothing():
    assert Actor(7, Role.CLERK).account_id == 7
    for nobody in (PUBLIC, SYSTEM):
        with pytest.raises(RuntimeError, match="has no account"):
            assert nobody.account_id
