"""The record that a public page is about: found, not there, or withdrawn."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from agreements import facts as facts_of
from agreements import loading
from agreements.models import Agreement
from agreements.public import AgreementView, agreement_view, public_facts, visible_agreement
from civil.clock import civil_date


class Withdrawn(Exception):  # noqa: N818
    """A record that was public and was withdrawn; holds what the public is told of it."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(agreement.reference)
        self.agreement = agreement


def public_agreement(slug: str) -> Agreement:
    """Return a published agreement. Raises ``Http404`` where there is none, else ``Withdrawn``."""
    agreement = visible_agreement(slug)
    if agreement is None:
        raise Http404
    if agreement.withdrawn_at is not None:
        raise Withdrawn(agreement)
    return agreement


def find_view(
    slug: str, on: dt.date, known: dt.datetime | None
) -> tuple[AgreementView, facts_of.Facts]:
    """Return a published agreement's public view, and all its facts for the public history.

    Raises ``Http404`` alike for a record that is not published, was not at that moment, or does
    not exist; ``Withdrawn`` for one that was published and withdrawn.
    """
    agreement = public_agreement(slug)
    facts = loading.load(agreement.pk, known)
    if facts is None or facts.agreement.published_at is None:
        raise Http404
    return agreement_view(public_facts(facts, timezone.now()), on), facts


def told_when_withdrawn(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Answer 410 with day, office and reason where a page's record was withdrawn."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Withdrawn as error:
            agreement = error.agreement
            context = {
                "reference": agreement.reference,
                "day": civil_date(agreement.withdrawn_at) if agreement.withdrawn_at else None,
                "office": agreement.withdrawn_office,
                "reason": agreement.withdrawn_reason,
            }
            return render(request, "410.html", context, status=410)

    return answer
