"""Rows of a tracked model as the register knew them at a moment, for filters in SQL."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet


def rows_known(model: Any, known: dt.datetime | None) -> QuerySet:
    """Return a model's rows now, or those that stood at a moment (inclusive).

    Revisions have the columns of their record; filters name ``id``, never ``pk``, and follow no
    relation, since that would lead to a record as it is now.
    """
    if known is None:
        return model._base_manager.all()
    return model.history.model.objects.exclude(history_type="-").filter(
        Q(superseded_at=None) | Q(superseded_at__gt=known), history_date__lte=known
    )
