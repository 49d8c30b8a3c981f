"""What is not recorded: by agreement, the least complete first, and by fact."""

from collections import Counter

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import fact_label
from agreements.models import Agreement
from agreements.public import AgreementView
from agreements.public.allowed import PUBLIC_TEXTS
from reports.extracts.parts import Cell, Column, Report, Table, many, number, plain, said
from reports.extracts.records import Request, records, register_language, report, url


def build(request: Request) -> Report:
    """Return the extract; "no end by its terms" is a recorded end, a missing one is not."""
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    lacking: Counter[str] = Counter()
    total = whole = 0
    for record in records(request):
        view = record.view
        recorded = facts(view)
        missing = [label for label, is_there in recorded.items() if not is_there]
        lacking.update(missing)
        total, whole = total + 1, whole + (not missing)
        share = len(recorded) - len(missing)
        rows.append(
            (
                share,
                (
                    said(view.reference, url=url(view)),
                    said(view.title, lang=register_language()),
                    number(share),
                    number(len(recorded)),
                    many(missing, "; ") if missing else plain(_t("nothing")),
                ),
            )
        )
    rows.sort(key=lambda row: (row[0], str(row[1][0].value)))
    words = {"whole": whole, "n": total}
    sentence = _t("Agreements recorded in full: %(whole)s of %(n)s.") % words
    tables = [_by_agreement([row for _, row in rows]), _by_fact(lacking, total)]
    return report(request, "completeness", _t("What is not recorded"), sentence, tables)


def facts(view: AgreementView) -> dict[str, bool]:
    """Return the facts that a whole record has, and whether each is recorded."""
    term = view.term or (view.terms[-1] if view.terms else None)
    own = dict(view.facts)
    empty = Agreement()
    found = {
        _t("Department"): view.department is not None,
        _t("Provider"): bool(view.providers),
        _t("Recipient"): bool(view.recipients),
        _t("Deciding parties"): bool(view.deciders),
        _t("Rule for renewing"): bool(view.rule),
        _t("System"): bool(view.system),
        _t("Shared elements"): bool(view.elements),
        _t("Access method"): bool(view.access_method),
        _t("Access, on or off"): view.access_state != "not_recorded",
        _t("First day of the term"): bool(term and term.starts_on),
        _t("End of the term"): bool(term and (term.ends_on or term.end_kind == "none")),
        _t("License fee"): bool(term and term.fees),
        _t("Notice clause"): bool(view.notice_rule),
    }
    for name in PUBLIC_TEXTS:
        label = fact_label(empty, name)
        found[capfirst(label)] = bool(own.get(label))
    return found


def _by_agreement(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.3),
        Column("name", _t("Name"), 2.4),
        Column("recorded", _t("Recorded"), 0.8),
        Column("of", _t("Of"), 0.5),
        Column("missing", _t("Not recorded"), 4.2),
    )
    return Table("agreements", _t("By agreement"), columns, tuple(rows), _t("No agreement."))


def _by_fact(lacking: Counter[str], total: int) -> Table:
    columns = (
        Column("fact", _t("Fact"), 3),
        Column("missing", _t("Agreements without it"), 1.4),
        Column("of", _t("Of"), 1),
    )
    ordered = sorted(lacking.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = tuple((said(fact), number(count), number(total)) for fact, count in ordered)
    none = _t("Nothing is missing.") if total else _t("No agreement.")
    return Table("facts", _t("By fact"), columns, rows, none)
