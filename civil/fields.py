"""Partial dates on models: two columns, one property, one constraint.

::

    class Term(models.Model):
        starts_on = PartialDateField(_("first day"))

        class Meta:
            constraints = [*partial_date_constraints("term", "starts_on")]

    Term(starts_on="2008").starts_on_last  # 2008-12-31
"""

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from civil.partial import PartialDate

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class PartialDateField:
    """A partly known date on a model, concrete or abstract.

    It is no model field itself. Named ``starts_on``, it gives the model two ordinary date columns,
    ``starts_on_first`` and ``starts_on_last``, the first and last possible day, both inclusive and
    both NULL where the date is not recorded. Migrations, history tables, forms and queries see
    these two and nothing else.

    ``starts_on`` itself becomes a property. It reads as a PartialDate or None, and takes whatever
    `PartialDate.coerce` takes, by assignment and as a keyword of the model and of ``create()``;
    ValueError for anything else. While its columns contradict each other, as they may on an
    instance that was not saved, reading it raises ValidationError, which ``full_clean()`` reports.

    ``partial_dates`` on the model lists the names of all of them.
    """

    def __init__(
        self,
        verbose_name: "str | _StrPromise | None" = None,
        *,
        help_text: "str | _StrPromise" = "",
    ) -> None:
        self.verbose_name = verbose_name
        self.help_text = help_text
        # The columns are made later, when the name is known, but keep this place among the
        # model's fields: Django orders them by this counter.
        self.creation_counter = models.Field.creation_counter
        models.Field.creation_counter += 2

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        """Add the columns, the property and ``partial_dates``; called by Django.

        Subclasses of an abstract model get copies of the columns by Django's own inheritance, and
        the property by Python's.
        """
        label = self.verbose_name or name.replace("_", " ")
        self._add_column(
            cls, f"{name}_first", format_lazy(_("{date} (first possible day)"), date=label), 0
        )
        self._add_column(
            cls, f"{name}_last", format_lazy(_("{date} (last possible day)"), date=label), 1
        )
        setattr(cls, name, PartialDateProperty(name, label))
        cls.partial_dates = PartialDateNames()  # type: ignore[attr-defined]

    def _add_column(
        self, cls: type[models.Model], name: str, verbose_name: "str | _StrPromise", place: int
    ) -> None:
        column: models.DateField[date | None, date | None] = models.DateField(
            verbose_name, null=True, blank=True, help_text=self.help_text
        )
        column.creation_counter = self.creation_counter + place
        column.contribute_to_class(cls, name)

    if TYPE_CHECKING:  # what the property that takes its place reads and takes

        def __get__(self, instance: object, owner: type | None = None) -> PartialDate | None: ...

        def __set__(self, instance: object, value: PartialDate | date | str | None) -> None: ...


class PartialDateProperty(property):
    """The property of a PartialDateField: a real one, since ``Model()`` takes no other keyword."""

    def __init__(self, name: str, label: "str | _StrPromise") -> None:
        self.label = label
        first_name, last_name = f"{name}_first", f"{name}_last"

        def read(record: models.Model) -> PartialDate | None:
            first, last = getattr(record, first_name), getattr(record, last_name)
            if first is None and last is None:
                return None
            try:
                return PartialDate(first, last)
            except ValueError as error:
                raise ValidationError(f"{label}: {error}", code="partial_date") from error

        def write(record: models.Model, value: PartialDate | date | str | None) -> None:
            known = PartialDate.coerce(value)
            setattr(record, first_name, known.first if known else None)
            setattr(record, last_name, known.last if known else None)

        super().__init__(read, write)


class PartialDateNames:
    """``partial_dates`` of a model: the names of its partial dates, its bases' first.

    Read off the class each time, so that models share no list and several bases add up.
    """

    def __get__(self, instance: object, owner: type) -> tuple[str, ...]:
        """Return the names for `owner`, each once."""
        names = [
            name
            for base in reversed(owner.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, PartialDateProperty)
        ]
        return tuple(dict.fromkeys(names))


def partial_date_constraints(prefix: str, *names: str) -> list[models.CheckConstraint]:
    """Return one constraint for each partial date: not recorded, or two days in order.

    They are named ``<prefix>_<name>_whole``. For an abstract model the prefix holds
    ``%(app_label)s_%(class)s``, as in any constraint that is inherited.
    """
    return [_whole(prefix, name) for name in names]


def _whole(prefix: str, name: str) -> models.CheckConstraint:
    first, last = f"{name}_first", f"{name}_last"
    not_recorded = Q((f"{first}__isnull", True), (f"{last}__isnull", True))
    in_order = Q(
        (f"{first}__isnull", False), (f"{last}__isnull", False), (f"{first}__lte", F(last))
    )
    return models.CheckConstraint(
        condition=not_recorded | in_order,
        name=f"{prefix}_{name}_whole",
        violation_error_message=format_lazy(
            _("{date}: give both the first and the last possible day, in this order, or neither."),
            date=name.replace("_", " "),
        ),
    )
