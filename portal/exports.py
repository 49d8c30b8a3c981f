"""The public list of agreements as a file: every row that the filters leave, in its order."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _t

from agreements.models import Agreement
from agreements.public.rows import AgreementRow
from reports.tables import Columns, Value, file_response

AT_ONCE = 500
Rows = Callable[[Iterable[Agreement]], list[AgreementRow]]


def columns() -> Columns:
    """Return the columns of the list, with its parties and addresses apart."""
    return [
        ("reference", _t("Reference")),
        ("title", _t("Agreement")),
        ("gives", _t("Gives")),
        ("gets", _t("Gets")),
        ("status", _t("Status")),
        ("next_due_on", _t("Next")),
        ("next", _t("What is next")),
        ("fee", _t("License fee")),
        ("address", _t("Address")),
    ]


def export(form: str, found: QuerySet, make_rows: Rows, on: dt.date) -> HttpResponseBase:
    """Return the list as a file of the format ``form``; ``make_rows`` makes view objects."""
    name = f"agreements-{on.isoformat()}"
    return file_response(form, name, columns(), _values(found, make_rows))


def _values(found: QuerySet, make_rows: Rows) -> Iterator[list[Value]]:
    for batch in batches(found):
        for row in make_rows(batch):
            yield [
                row.reference,
                row.title,
                row.gives,
                row.gets,
                row.status_label,
                row.next.due_on if row.next else None,
                row.next.label if row.next else None,
                row.fee,
                f"{settings.BASE_URL}{row.url}",
            ]


def batches(found: QuerySet) -> Iterator[list[Any]]:
    """Give the rows of a query in lists of some hundred, read as they are wanted."""
    rows = found.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch
