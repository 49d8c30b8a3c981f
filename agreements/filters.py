"""The filters of the agreements list, for any day."""

import datetime as dt
from typing import Any

import django_filters as filters
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from agreements.models import (
    Agreement,
    Deadline,
    Participation,
    SharedElement,
    Term,
)
from agreements.querysets import IN_FORCE, AgreementQuerySet
from agreements.search import agreements_with
from agreements.status import Code
from parties.models import Element, Party, System
from revisions.known import rows_known
from sources.models import Citation

MAX_WORDS = 200
SHARING = (*IN_FORCE, Code.UNKNOWN)
"""Statuses in which what is recorded as shared is shown as shared."""
WINDOWS = [("30", _("30 days")), ("90", _("90 days")), ("366", _("12 months"))]
FEES = [
    ("recorded", _("recorded")),
    ("disputed", _("sources disagree")),
    ("not_recorded", _("not recorded")),
]


def _parties_with_agreements(request: Any) -> Any:
    public = Agreement.objects.published()
    return Party.objects.filter(participations__agreement__in=public).distinct()


def _systems_with_agreements(request: Any) -> Any:
    return System.objects.filter(agreements__in=Agreement.objects.published()).distinct()


class AgreementFilter(filters.FilterSet):
    """Filters by words, party, role, system, data, status, deadline, fee and kind, on a day."""

    q = filters.CharFilter(label=_("Words"), method="with_words", max_length=MAX_WORDS)
    party = filters.ModelChoiceFilter(
        label=_("Party"),
        queryset=_parties_with_agreements,
        to_field_name="slug",
        method="with_party",
        empty_label=_("Any party"),
    )
    role = filters.ChoiceFilter(
        label=_("in the role of"),
        choices=Participation.Role.choices,
        method="with_role",
        empty_label=_("Any role"),
    )
    system = filters.ModelChoiceFilter(
        label=_("System"),
        queryset=_systems_with_agreements,
        to_field_name="slug",
        method="with_own",
        empty_label=_("Any system"),
    )
    category = filters.ChoiceFilter(
        label=_("Category of data"),
        choices=Element.Category.choices,
        method="with_category",
        empty_label=_("Any category"),
    )
    sensitivity = filters.ChoiceFilter(
        label=_("Sensitivity"),
        choices=Element.Sensitivity.choices,
        method="with_sensitivity",
        empty_label=_("Any sensitivity"),
    )
    status = filters.ChoiceFilter(
        label=_("Status"),
        choices=Code.choices,
        method="with_status",
        empty_label=_("Any status"),
    )
    within = filters.ChoiceFilter(
        label=_("Deadline within"), choices=WINDOWS, method="due_within", empty_label=_("Any time")
    )
    fee = filters.ChoiceFilter(
        label=_("License fee"), choices=FEES, method="with_fee", empty_label=_("Any")
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=Agreement.Kind.choices,
        method="with_own",
        empty_label=_("Any kind"),
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        on: dt.date,
        known: dt.datetime | None = None,
        audience: str = "public",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.known = known
        self.audience = audience

    def refuse_what_is_not_known(self) -> bool:
        """Mark the filters that cannot look at an earlier knowledge; whether there are any.

        Search text and deadlines are stored as they are now.
        """
        used = [n for n in ("q", "within") if self.known and self.form.cleaned_data.get(n)]
        for name in used:
            self.form.add_error(
                name,
                _(
                    "This looks at the register as it is now. Empty it, or leave out what was "
                    "known on another day."
                ),
            )
        return bool(used)

    def _rows(self, model: Any) -> Any:
        return rows_known(model, self.known)

    def with_own(self, found: AgreementQuerySet, name: str, value: Any) -> AgreementQuerySet:
        """Keep those with a value in a column of the agreement itself."""
        if self.known is None:
            return found.filter(**{name: value})
        then = self._rows(Agreement).filter(id=OuterRef("pk"), **{name: value})
        return found.filter(Exists(then))

    def with_words(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those whose public search text holds every word, accents and case aside."""
        return found.filter(pk__in=agreements_with(value, self.audience))

    def _participations(self) -> Any:
        return self._rows(Participation).filter(
            Q(acceded_on_last=None) | Q(acceded_on_last__lte=self.on),
            Q(withdrew_on_last=None) | Q(withdrew_on_last__gt=self.on),
            agreement=OuterRef("pk"),
        )

    def with_party(self, found: AgreementQuerySet, name: str, value: Party) -> AgreementQuerySet:
        """Keep those in which a party takes part on the day, in the chosen role if any."""
        of_party = self._participations().filter(party=value)
        role = self.form.cleaned_data.get("role")
        if role:
            of_party = of_party.filter(role=role)
        return found.filter(Exists(of_party))

    def with_role(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those in which somebody has a role; with a party, ``with_party`` has done it."""
        if self.form.cleaned_data.get("party"):
            return found
        return found.filter(Exists(self._participations().filter(role=value)))

    def _shared(self) -> Any:
        """What is shared on the day; without an added day it counts from the first term."""
        begun = self._rows(Term).filter(
            agreement=OuterRef("agreement"), starts_on_last__isnull=False
        )
        begins = Least("starts_on_last", Coalesce("ends_on_last", "starts_on_last"))
        first_day = Subquery(begun.order_by("number").annotate(day=begins).values("day")[:1])
        shared = self._rows(SharedElement).annotate(since=Coalesce("added_on_last", first_day))
        return shared.filter(
            Q(since=None) | Q(since__lte=self.on),
            Q(removed_on_last=None) | Q(removed_on_last__gt=self.on),
            agreement=OuterRef("pk"),
        )

    def _elements(self, **wanted: str) -> Any:
        return self._rows(Element).filter(**wanted).values("id")

    def with_category(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those under which data of a category is shared on the day."""
        shared = self._shared().filter(element_id__in=self._elements(category=value))
        return found.filter(Exists(shared), status__in=SHARING)

    def with_sensitivity(
        self, found: AgreementQuerySet, name: str, value: str
    ) -> AgreementQuerySet:
        """Keep those under which data of a sensitivity is shared on the day."""
        shared = self._shared().filter(element_id__in=self._elements(sensitivity=value))
        return found.filter(Exists(shared), status__in=SHARING)

    def with_status(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those with a status on the day."""
        return found.filter(status=value)

    def due_within(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those with an open deadline within so many days."""
        due = Deadline.objects.within(int(value), self.on).filter(
            agreement=OuterRef("pk"), audience__in=["all", self.audience]
        )
        return found.filter(Exists(due))

    def with_fee(self, found: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        """Keep those whose term on the day has a license fee, only claims of one, or neither.

        The term is the one that covers the day, else the last that began; none where what
        followed it is not known.
        """
        begun = self._rows(Term).filter(
            Q(starts_on_last=None) | Q(starts_on_last__lte=self.on) | Q(ends_on_last=self.on),
            Q(executed_on_last=None) | Q(executed_on_last__lte=self.on),
            agreement=OuterRef("pk"),
            is_proposed=False,
        )
        last = begun.order_by("-number").values("id")
        covering = last.filter(Q(ends_on_last=None) | Q(ends_on_last__gte=self.on))
        term = Case(
            When(status=Code.UNKNOWN, then=Subquery(covering[:1])), default=Subquery(last[:1])
        )
        found = found.annotate(fee_term=term)
        with_fee = Exists(
            self._rows(Term).filter(id=OuterRef("fee_term"), license_fee__isnull=False)
        )
        claims = self._rows(Citation).filter(
            target_model=Term._meta.label, target_id=OuterRef("fee_term"), field="license_fee"
        )
        if value == "recorded":
            return found.filter(with_fee)
        return found.filter(~with_fee, Exists(claims) if value == "disputed" else ~Exists(claims))
