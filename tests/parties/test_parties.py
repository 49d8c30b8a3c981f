"""Parties, systems and elements: once each, kept while used, found by every spelling."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from agreements.models import Agreement, SearchText
from agreements.upkeep import fold
from parties.models import Alias, Element, Party, System
from tests.factories import (
    make_agreement,
    make_element,
    make_party,
    make_system,
    save,
    writing,
)


def refused(record: Any) -> bool:
    try:
        with transaction.atomic():
            save(record)
    except IntegrityError:
        return True
    return False


@pytest.fixture
def agreement(db: None) -> Agreement:
    """An agreement that names a party, a system and an element."""
    return make_agreement(
        recipients=["ice"],
        system=make_system("pars"),
        shared_elements=[{"element": make_element("Bail")}],
    )


def public_text(agreement: Agreement) -> str:
    return SearchText.objects.get(agreement=agreement, audience="public").text


def test_an_address_on_the_site_is_given_once(db: None) -> None:
    make_party("city")
    make_system("pars")
    assert refused(Party(slug="city", name="Another"))
    assert refused(System(slug="pars", name="Another"))


def test_a_spelling_is_entered_once_for_a_party_and_may_be_anothers_too(db: None) -> None:
    first, second = make_party("first"), make_party("second")
    save(Alias(party=first, name="Police"))
    assert refused(Alias(party=first, name="Police"))
    assert not refused(Alias(party=second, name="Police"))


def test_an_element_is_entered_once_in_a_system_and_may_be_in_another_too(db: None) -> None:
    save(Element(system=make_system("pars"), name="Bail"))
    assert refused(Element(system=make_system("pars"), name="Bail"))
    assert not refused(Element(system=make_system("other"), name="Bail"))


@pytest.mark.parametrize("slug", ["", "with space", "ümlaut", "a/b", "a?b", "a\n"])
def test_an_address_holds_only_what_an_address_can(db: None, slug: str) -> None:
    for model in (Party, System):
        with pytest.raises(ValidationError):
            model(slug=slug, name="X").full_clean()


def test_only_a_name_and_an_address_are_needed(db: None) -> None:
    Party(slug="a", name="A").full_clean()
    System(slug="a", name="A").full_clean()
    Element(system=make_system("s"), name="A").full_clean()


def test_what_an_agreement_names_is_kept(agreement: Agreement) -> None:
    for record in (
        Party.objects.get(slug="ice"),
        System.objects.get(slug="pars"),
        Element.objects.get(name="Bail"),
    ):
        with pytest.raises(ProtectedError), writing():
            record.delete()
    assert Party.objects.filter(slug="ice").exists()


def test_a_party_that_has_parts_is_kept(db: None) -> None:
    parent = make_party("dhs")
    make_party("ice", parent=parent)
    with pytest.raises(ProtectedError), writing():
        parent.delete()


def test_a_partys_spellings_go_with_it_and_are_remembered(db: None) -> None:
    party = make_party("gone")
    alias = save(Alias(party=party, name="Other"))
    pk = alias.pk
    with writing():
        party.delete()
    kinds = Alias.history.filter(id=pk).order_by("history_id")
    assert [revision.history_type for revision in kinds] == ["+", "-"]


def test_a_party_is_not_part_of_itself(db: None) -> None:
    party = make_party("self")
    party.parent = party
    assert refused(party)


def test_an_element_is_sensitive_by_the_registers_own_judgment() -> None:
    found = {value: Element(sensitivity=value).is_sensitive for value in ("special", "high", "")}
    assert found == {"special": True, "high": True, "": False}
    assert not Element(sensitivity="normal").is_sensitive


def test_pages_have_stable_addresses() -> None:
    assert Party(slug="ice").get_absolute_url() == "/parties/ice/"
    assert System(slug="pars").get_absolute_url() == "/systems/pars/"


# ── Search text follows every name ────────────────────────────────────────────


def test_an_agreement_is_found_by_the_names_of_what_it_names(agreement: Agreement) -> None:
    text = public_text(agreement)
    assert {"ice", "pars", "bail"} <= set(text.split())


@pytest.mark.parametrize(
    ("model", "key"),
    [(Party, {"slug": "ice"}), (System, {"slug": "pars"}), (Element, {"name": "Bail"})],
    ids=["party", "system", "element"],
)
def test_a_new_name_is_found_and_an_old_one_no_more(
    agreement: Agreement, model: Any, key: dict[str, str]
) -> None:
    record = model.objects.get(**key)
    old = fold(record.name)
    save(record, name="Zebra Ünit")
    assert "zebra unit" in public_text(agreement)
    assert model is System or old not in public_text(agreement).split()


def test_spellings_are_found_moved_and_forgotten(agreement: Agreement) -> None:
    other = make_agreement(recipients=["other"])
    alias = save(Alias(party=Party.objects.get(slug="ice"), name="Immigration"))
    assert "immigration" in public_text(agreement)
    save(alias, party=Party.objects.get(slug="other"))
    assert "immigration" not in public_text(agreement)
    assert "immigration" in public_text(other)
    with writing():
        alias.delete()
    assert "immigration" not in public_text(other)


def test_a_party_that_leaves_an_agreement_is_found_by_it_no_more(agreement: Agreement) -> None:
    with writing():
        agreement.participation_set.get().delete()
    assert "ice" not in public_text(agreement).split()


def test_internal_notes_are_found_by_staff_only(agreement: Agreement) -> None:
    save(agreement, internal_note="Canary")
    assert "canary" not in public_text(agreement)
    assert "canary" in SearchText.objects.get(agreement=agreement, audience="staff").text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ünïcode", "unicode"),
        ("  two   words\n", "two words"),
        ("Straße", "strasse"),
        ("ﬁle", "file"),
        ("Ｆｕｌｌ", "full"),
        ("Ñandú", "nandu"),
        ("", ""),
    ],
)
def test_text_is_searched_without_case_accents_and_widths(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == fold(text)
