"""Who is to be told about an agreement: by role and by choice, written out as rows.

Readers by role are the responsible officer, the deputy and the department, in this order; the
first who can be reached is told, and the next where nobody acknowledges. Readers by choice are
those of watches. Rows are written whenever an agreement, a rule of leads or a watch is; whether a
person may still sign in is asked when planning.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict

from agreements.filters import AgreementFilter
from agreements.models import Agreement, Participation
from agreements.permissions import Can
from civil.clock import today
from reports.alerts.policy import Leads, Rule, leads_for
from reports.models import Audience, Lead, LeadRule, LeadSet, Reader, Scope, Watch
from revisions import OpenChange

OFFICER, DEPUTY, DEPARTMENT = 0, 1, 2
BATCH = 500


@dataclass(frozen=True)
class Spec:
    """A reader as it should be written: the columns of ``Reader``, with the leads spelled out."""

    agreement_id: int | None
    audience: str
    leads: Leads
    watch_id: int | None = None
    rank: int | None = None
    user_id: int | None = None
    follower_id: int | None = None
    webhook_id: int | None = None
    address: str = ""
    cadence: str = "once"


def audience_of(watch: Watch) -> str:
    """Return from which facts the owner of a watch is told."""
    if watch.user_id is not None:
        return Audience.STAFF
    return watch.webhook.audience if watch.webhook else Audience.PUBLIC


def derive(agreements: Collection[Agreement], watches: Collection[Watch]) -> Iterator[Spec]:
    """Yield every reader of some agreements, and of everything, from what is recorded."""
    rules = _rules(agreements)
    watched = matched(watches, [a.pk for a in agreements])
    for agreement in agreements:
        own = rules[agreement.pk]
        yield from _by_role(agreement, leads_for(Audience.STAFF, own[Audience.STAFF]))
        for watch in watched[agreement.pk]:
            audience = audience_of(watch)
            yield _by_choice(watch, agreement.pk, leads_for(audience, own[audience], watch.leads))
    for watch in watches:
        if watch.scope == Scope.EVERYTHING:
            yield _by_choice(watch, None, leads_for(audience_of(watch), (), watch.leads))


def _by_role(agreement: Agreement, leads: Leads) -> Iterator[Spec]:
    people = ((OFFICER, agreement.responsible_officer_id), (DEPUTY, agreement.deputy_id))
    for rank, user in people:
        if user is not None:
            yield Spec(agreement.pk, Audience.STAFF, leads, rank=rank, user_id=user)
    if agreement.department_address:
        address = agreement.department_address
        yield Spec(agreement.pk, Audience.STAFF, leads, rank=DEPARTMENT, address=address)


def _by_choice(watch: Watch, agreement: int | None, leads: Leads) -> Spec:
    cadence = watch.follower.cadence if watch.follower else watch.cadence
    return Spec(
        agreement,
        audience_of(watch),
        leads,
        watch_id=watch.pk,
        user_id=watch.user_id,
        follower_id=watch.follower_id,
        webhook_id=watch.webhook_id,
        cadence=cadence,
    )


def leads_of(agreement: Agreement, audience: str) -> Leads:
    """Return at which leads an audience is told of an agreement's deadlines, by its own rules."""
    return leads_for(audience, _rules([agreement])[agreement.pk][audience])


def _rules(agreements: Collection[Agreement]) -> dict[int, dict[str, list[Rule]]]:
    """The rules of leads that hold for some agreements, by agreement and audience."""
    found: dict[int, dict[str, list[Rule]]] = {
        a.pk: {Audience.STAFF: [], Audience.PUBLIC: []} for a in agreements
    }
    departments = {a.department_id for a in agreements if a.department_id}
    rows = LeadRule.objects.filter(Q(agreement__in=found) | Q(department__in=departments))
    of_agreement: dict[int, list[LeadRule]] = defaultdict(list)
    of_department: dict[int, list[LeadRule]] = defaultdict(list)
    for row in rows:
        if row.agreement_id:
            of_agreement[row.agreement_id].append(row)
        elif row.department_id:
            of_department[row.department_id].append(row)
    for agreement in agreements:
        both = [*of_department[agreement.department_id or 0], *of_agreement[agreement.pk]]
        for row in both:
            rule = Rule(row.kind, tuple(row.leads), row.agreement_id is not None)
            found[agreement.pk][row.audience].append(rule)
    return found


# ── Which watch is about which agreement ──────────────────────────────────────


def matched(watches: Collection[Watch], ids: Collection[int]) -> dict[int, list[Watch]]:
    """Return, for some agreements, the watches that are about them; those of everything aside."""
    about: dict[int, list[Watch]] = defaultdict(list)
    wanted = set(ids)
    parties = {w.party_id for w in watches if w.scope == Scope.PARTY}
    systems = {w.system_id for w in watches if w.scope == Scope.SYSTEM}
    of_party = _pairs(Participation.objects.filter(party__in=parties), "party_id", wanted)
    of_system: dict[int, set[int]] = defaultdict(set)
    if systems:
        rows = Agreement.objects.filter(system__in=systems, pk__in=wanted)
        for system, pk in rows.values_list("system_id", "pk"):
            of_system[system].add(pk)
    of_query: dict[str, set[int]] = {}
    for watch in watches:
        hits: Iterable[int] = ()
        if watch.scope == Scope.AGREEMENT and watch.agreement_id in wanted:
            hits = [watch.agreement_id]
        elif watch.scope == Scope.PARTY:
            hits = of_party[watch.party_id or 0]
        elif watch.scope == Scope.SYSTEM:
            hits = of_system[watch.system_id or 0]
        elif watch.scope == Scope.FILTER:
            if watch.query not in of_query:
                of_query[watch.query] = _listed(watch.query, wanted)
            hits = of_query[watch.query]
        for pk in hits:
            about[pk].append(watch)
    return about


def _pairs(rows: object, name: str, wanted: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for of, agreement in rows.values_list(name, "agreement_id"):  # type: ignore[attr-defined]
        if agreement in wanted:
            found[of].add(agreement)
    return found


def _listed(query: str, wanted: set[int]) -> set[int]:
    """Ids of the published agreements that the list shows for a query, today."""
    on = today()
    published = Agreement.objects.published().with_status(on).filter(pk__in=wanted)
    listed = AgreementFilter(QueryDict(query), queryset=published, on=on)
    return set(listed.qs.values_list("pk", flat=True)) if listed.is_valid() else set()


# ── Writing them out ──────────────────────────────────────────────────────────


def all_watches() -> list[Watch]:
    """Return every watch with what its readers need, but for those who may see no more of it."""
    found = Watch.objects.select_related("follower", "webhook", "user").order_by("pk")
    return [watch for watch in found if _may_read(watch)]


def _may_read(watch: Watch) -> bool:
    """Whether a member of staff still may read what they are told of; others always may."""
    return watch.user is None or watch.user.has_perm(Can.READ_INTERNAL)


def expand(ids: Collection[int]) -> None:
    """Write the readers of some agreements anew where they differ from what is recorded."""
    agreements = list(Agreement.objects.filter(pk__in=ids))
    watches = [w for w in all_watches() if w.scope != Scope.EVERYTHING]
    stored = Reader.objects.filter(agreement__in=ids)
    _sync(stored, derive(agreements, watches))


def expand_watch(watch: Watch) -> None:
    """Write the readers of one watch anew; none where its owner may not read any more."""
    watch = Watch.objects.select_related("follower", "webhook", "user").get(pk=watch.pk)
    if not _may_read(watch):
        Reader.objects.filter(watch=watch).delete()
        return
    ids = [] if watch.scope == Scope.EVERYTHING else list(_candidates(watch))
    wanted: list[Spec] = []
    for start in range(0, max(len(ids), 1), BATCH):
        agreements = list(Agreement.objects.filter(pk__in=ids[start : start + BATCH]))
        wanted += [s for s in derive(agreements, [watch]) if s.watch_id == watch.pk]
    _sync(Reader.objects.filter(watch=watch), wanted)


def _candidates(watch: Watch) -> Iterable[int]:
    """Ids of the agreements that a watch can be about."""
    if watch.scope == Scope.AGREEMENT and watch.agreement_id:
        return [watch.agreement_id]
    if watch.scope == Scope.PARTY:
        found = Agreement.objects.filter(participation__party=watch.party_id).distinct()
    elif watch.scope == Scope.SYSTEM:
        found = Agreement.objects.filter(system=watch.system_id)
    else:
        found = Agreement.objects.published()
    return found.values_list("pk", flat=True)


def expand_all() -> None:
    """Write all readers anew: daily, since a filtered list moves with the day."""
    for watch in all_watches():
        if watch.scope == Scope.EVERYTHING:
            expand_watch(watch)
    ids = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        expand(ids[start : start + BATCH])


def _sync(stored: Iterable[Reader], wanted: Iterable[Spec]) -> None:
    """Delete the rows that nobody wants, write those that are missing."""
    specs = list(wanted)
    sets = lead_sets([spec.leads for spec in specs])
    missing = {_columns(spec, sets[digest(spec.leads)]): spec for spec in specs}
    gone = []
    for row in stored:
        columns = tuple(getattr(row, name) for name in COLUMNS)
        if missing.pop(columns, None) is None:
            gone.append(row.pk)
    if gone:
        Reader.objects.filter(pk__in=gone).delete()
    Reader.objects.bulk_create(
        (Reader(**dict(zip(COLUMNS, columns, strict=True))) for columns in missing),
        batch_size=BATCH,
    )


COLUMNS = (
    "agreement_id",
    "audience",
    "lead_set_id",
    "watch_id",
    "rank",
    "user_id",
    "follower_id",
    "webhook_id",
    "address",
    "cadence",
)


def _columns(spec: Spec, lead_set: int) -> tuple[object, ...]:
    values = vars(spec) | {"lead_set_id": lead_set}
    return tuple(values[name] for name in COLUMNS)


def digest(leads: Leads) -> str:
    """Return the name of a choice of leads: the same for the same choice."""
    written = json.dumps(
        [leads.overdue_every, sorted((k, list(v)) for k, v in leads.by_kind.items())]
    )
    return hashlib.sha256(written.encode()).hexdigest()


def lead_sets(choices: Iterable[Leads]) -> dict[str, int]:
    """Return the ids of the rows of some choices of leads, written where they are new."""
    named = {digest(leads): leads for leads in choices}
    found = dict(LeadSet.objects.filter(digest__in=named).values_list("digest", "pk"))
    for name, leads in named.items():
        if name in found:
            continue
        with transaction.atomic():
            made, is_new = LeadSet.objects.get_or_create(
                digest=name, defaults={"overdue_every": leads.overdue_every}
            )
            if is_new:
                Lead.objects.bulk_create(
                    Lead(lead_set=made, kind=kind, lead_days=days)
                    for kind, wanted in leads.by_kind.items()
                    for days in wanted
                )
        found[name] = made.pk
    return found


def follow_change(change: OpenChange) -> None:
    """Bring the readers of the agreements that a change touched up to date, before it commits."""
    ids = set(change.touched.get(Agreement, ()))
    ids |= {row.agreement_id for row in change.rows(Participation)}  # type: ignore[attr-defined]
    for start in range(0, len(ids), BATCH):
        expand(sorted(ids)[start : start + BATCH])
