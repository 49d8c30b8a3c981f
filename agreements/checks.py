"""What no change may do, by whatever path: checks across rows, at the end of every change.

Registered with ``revisions``. Each raises ``ValidationError`` with what to do instead.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import field_label
from agreements.facts import PARTS
from agreements.models import (
    Agreement,
    Decision,
    Document,
    Part,
    Proposal,
    SharedElement,
    Term,
    Vote,
)
from agreements.nextterm import FEE
from agreements.permissions import Can, mandates_of
from civil.clock import today
from civil.display import show_date
from parties.models import Party
from revisions import OpenChange, register

LONGEST_TEXT = 10_000
"""Characters of a text; whole documents are kept as files."""


@register("check")
def check_lengths(change: OpenChange) -> None:
    """Refuse texts of more than `LONGEST_TEXT` characters: every page and paper shows them.

    One that was as long before may stay. Raises ``ValidationError`` naming the field.
    """
    for model in list(change.touched):
        names = [f.name for f in model._meta.concrete_fields if type(f) is models.TextField]
        for row in change.rows(model) if names else ():
            was = change.before.get((model, row.pk))
            for name in names:
                text = getattr(row, name)
                if len(text) > LONGEST_TEXT and getattr(was, name, "") != text:
                    label = capfirst(field_label(row, name))
                    words = {"name": label, "n": len(text), "most": LONGEST_TEXT}
                    raise ValidationError(
                        _t(
                            "%(name)s has %(n)s characters; at most %(most)s fit. "
                            "Shorten it, or keep the whole text as a document."
                        )
                        % words
                    )


@register("check")
def check_terms(change: OpenChange) -> None:
    """Refuse terms of one agreement that overlap or stand out of order.

    The agreement's row is locked first, so that two changes at once cannot each pass.
    Raises ``ValidationError`` naming the two terms and the day.
    """
    ids = {row.agreement_id for row in change.rows(Term)}  # type: ignore[attr-defined]
    if not ids:
        return
    list(Agreement.objects.select_for_update().filter(pk__in=ids).values_list("pk"))
    terms: dict[int, list[Term]] = {}
    for term in Term.objects.filter(agreement__in=ids).order_by("number"):
        terms.setdefault(term.agreement_id, []).append(term)
    for rows in terms.values():
        _check_order([t for t in rows if not t.is_proposed])


def _check_order(terms: list[Term]) -> None:
    """Refuse executed terms of one agreement, by number, that do not follow each other."""
    reached: tuple[dt.date, Term] | None = None  # the last day taken so far, and by which term
    for term in terms:
        if reached is not None and (begins := term.starts_on or term.ends_on):
            day, earlier = reached
            if begins.last <= day:
                raise ValidationError(_overlap(term, earlier, begins.last, day))
        taken = term.last_day
        if taken is None and term.starts_on:
            taken = term.starts_on.first  # its end is not recorded: a later term may end it
        if taken is not None and (reached is None or taken > reached[0]):
            reached = taken, term


def _overlap(term: Term, earlier: Term, begins: dt.date, last: dt.date) -> str:
    if term.starts_on:
        text = _t(
            "Term %(later)s begins on %(start)s, but term %(earlier)s goes on to %(end)s. "
            "Change one of these days: terms follow each other without overlap."
        )
    else:
        text = _t(
            "Term %(later)s ends on %(start)s, but term %(earlier)s goes on to %(end)s. "
            "Change one of these days: terms follow each other without overlap."
        )
    return text % {
        "later": term.number,
        "start": show_date(begins),
        "earlier": earlier.number,
        "end": show_date(last),
    }


@register("check")
def check_sharing(change: OpenChange) -> None:
    """Refuse an element that is shared twice over the same days under one agreement.

    Raises ``ValidationError`` naming it. Dates known in part only do not count against each other.
    """
    ids = {row.agreement_id for row in change.rows(SharedElement)}  # type: ignore[attr-defined]
    shared: dict[tuple[int, int], list[SharedElement]] = {}
    for row in SharedElement.objects.filter(agreement__in=ids).select_related("element"):
        shared.setdefault((row.agreement_id, row.element_id), []).append(row)
    for rows in shared.values():
        rows.sort(key=lambda r: r.added_on.last if r.added_on else dt.date.min)
        for earlier, later in pairwise(rows):
            begins = later.added_on.last if later.added_on else dt.date.min
            if earlier.removed_on is None or earlier.removed_on.first > begins:
                raise ValidationError(
                    _t(
                        "“%(element)s” is shared already. Say first since when it is not, or "
                        "change the entry that is there."
                    )
                    % {"element": later.element.name}
                )


@register("check")
def check_same_agreement(change: OpenChange) -> None:
    """Refuse a record that points to a part of another agreement, such as another's term."""
    for part in PARTS.values():
        related = [
            f
            for f in part._meta.concrete_fields
            if isinstance(f, models.ForeignKey) and issubclass(f.related_model, Part)
        ]
        for row in (
            part._base_manager.filter(pk__in=change.touched.get(part, ())) if related else ()
        ):
            for field in related:
                target = getattr(row, field.name)
                if target is not None and target.agreement_id != row.agreement_id:
                    raise ValidationError(
                        _t("%(record)s belongs to another agreement than %(target)s.")
                        % {"record": row, "target": target}
                    )


@register("check")
def check_parents(change: OpenChange) -> None:
    """Refuse a party or an agreement that is, over any number of steps, part of itself."""
    for model in (Party, Agreement):
        for _was, row in _moved(change, model):
            seen, above = set(), row
            while above is not None and above.pk not in seen:
                seen.add(above.pk)
                above = above.parent
            if above is not None:
                raise ValidationError(
                    _t("“%(name)s” would be a part of itself: choose another one above it.")
                    % {"name": row}
                )


@register("check")
def check_hold(change: OpenChange) -> None:
    """Refuse to delete what is under legal hold, or is to be kept until a day to come.

    The hold covers all of an agreement; the day its record and its documents.
    """
    held: list[type[models.Model]] = [Agreement, *PARTS.values()]
    for model in held:
        gone = {
            row.pk if model is Agreement else row.agreement_id
            for row, now in _moved(change, model)
            if row is not None and now is None
        }
        if not gone:
            continue
        was = [row for row, now in _moved(change, Agreement) if row is not None and row.pk in gone]
        found = [*was, *Agreement.objects.filter(pk__in=gone)]
        if any(agreement.legal_hold for agreement in found):
            raise ValidationError(
                _t(
                    "This agreement is under legal hold: nothing of it may be deleted. A records "
                    "officer can lift the hold."
                )
            )
        days = [a.retain_until for a in found if a.retain_until and a.retain_until >= today()]
        if days and model in {Agreement, Document}:
            raise ValidationError(
                _t("This is to be kept until %(day)s: it cannot be deleted before.")
                % {"day": show_date(max(days))}
            )


@register("check")
def check_who_lifts(change: OpenChange) -> None:
    """Refuse to whoever may not publish: lifting a legal hold, shortening the time of keeping."""
    for was, now in _moved(change, Agreement):
        if was is None or now is None:
            continue
        lifts = was.legal_hold and not now.legal_hold
        shortens = was.retain_until and (now.retain_until or dt.date.min) < was.retain_until
        if (lifts or shortens) and not change.by.has_perm(Can.PUBLISH):
            raise ValidationError(
                _t(
                    "Only a records officer lifts a legal hold, or shortens the time for which a "
                    "record is kept."
                )
            )


@register("check")
def check_who_hides(change: OpenChange) -> None:
    """Refuse to whoever may not publish: keeping from the public what it could read."""
    for part in PARTS.values():
        for was, now in _moved(change, part):
            if was is None or now is None or was.is_hidden_at(change.at):
                continue
            if not now.is_hidden_at(change.at) or change.by.has_perm(Can.PUBLISH):
                continue
            if now.agreement.publication_at(change.at) == "published":
                raise ValidationError(
                    _t(
                        "The public can read this already. Only a records officer may keep it "
                        "from the public now."
                    )
                )


BOUND = ("term_id", "party_id", "value", "intention", "office", "how", "cast_by_id", "digest")
"""What a vote cast here says; nobody but its voter writes it."""


@register("check")
def check_votes(change: OpenChange) -> None:
    """Refuse to write, change or delete a vote cast here in place of its voter (DOMAIN, rule 7)."""
    for was, now in _moved(change, Vote):
        was_here = was is not None and was.how == Vote.How.HERE
        if was_here and (now is None or now.how != Vote.How.HERE):
            raise ValidationError(
                _t(
                    "This vote was cast here: it cannot be deleted or made a letter’s. Who holds "
                    "the mandate of %(party)s can vote again."
                )
                % {"party": was.party}
            )
        if now is None or now.how != Vote.How.HERE:
            continue
        if was_here and all(getattr(was, name) == getattr(now, name) for name in BOUND):
            continue
        holds = mandates_of(change.by).filter(party=now.party_id).exists()
        if now.cast_by_id != change.by.pk or not holds:
            raise ValidationError(
                _t("Only who holds the mandate of %(party)s casts its vote here.")
                % {"party": now.party}
            )


@register("check")
def check_decided(change: OpenChange) -> None:
    """Refuse to change what was proposed and decided here: undo is a new decision (rule 6).

    Of the decision its outcome, term, effect and what it supersedes; of the term that it proposes,
    until that is executed, its days and fee. An extension never ends after the recorded maximum.
    """
    for was, now in _moved(change, Decision):
        proposal = Proposal.objects.filter(decision=now).first() if was and now else None
        names = ("outcome", "term_id", "takes_effect_on", "supersedes_id", "decided_on")
        if proposal and any(getattr(was, name) != getattr(now, name) for name in names):
            raise ValidationError(
                _t("This was decided here and stands as it is. To undo it, propose a new decision.")
            )
    for _was, term in _moved(change, Term):
        if term is None or term.proposed_by_id is None:
            continue
        said = Proposal.objects.filter(decision=term.proposed_by_id).first()
        ends = term.ends_on.last if term.ends_on else None
        same = said is None or (ends, *(getattr(term, n) for n in FEE)) == (
            said.ends_on,
            *(getattr(said, n) for n in FEE),
        )
        if term.is_proposed and not same:
            raise ValidationError(
                _t(
                    "Term %(number)s stands as it was decided. To change its last day or fee, "
                    "propose a new decision."
                )
                % {"number": term.number}
            )
        maximum = term.agreement.maximum_ends_on
        extends = term.proposed_by.outcome == Decision.Outcome.EXTEND
        if extends and maximum and ends and ends > maximum:
            raise ValidationError(
                _t("It cannot be extended beyond %(day)s, the recorded maximum.")
                % {"day": show_date(maximum)}
            )


def _moved(change: OpenChange, model: type[models.Model]) -> Iterator[tuple[Any, Any]]:
    """Each touched row as it was before the change and as it is now; None where it is not."""
    ids = change.touched.get(model, ())
    now = model._base_manager.in_bulk(ids) if ids else {}
    for pk in sorted(ids):
        yield change.before.get((model, pk)), now.get(pk)
