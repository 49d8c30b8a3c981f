from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from django.utils.translation import gettext_lazy, override
from simple_history.models import HistoricalRecords

from civil.fields import PartialDateField, partial_date_constraints
from civil.partial import PartialDate


@pytest.fixture
def lease():
    """A model with two partial dates among ordinary fields."""
    with isolate_apps("tests.civil"):

        class Lease(models.Model):
            number = models.IntegerField()
            starts_on = PartialDateField("first day", help_text="As far as known.")
            note = models.TextField(blank=True)
            ends_on = PartialDateField()

            class Meta:
                app_label = "tests"
                constraints = [*partial_date_constraints("lease", "starts_on", "ends_on")]

        yield Lease


def columns(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.fields]


def test_two_ordinary_date_columns_stand_where_the_partial_date_was_declared(lease):
    assert columns(lease) == [
        "id",
        "number",
        "starts_on_first",
        "starts_on_last",
        "note",
        "ends_on_first",
        "ends_on_last",
    ]
    for name in ("starts_on_first", "starts_on_last"):
        column = lease._meta.get_field(name)
        assert type(column) is models.DateField
        assert column.null
        assert column.blank
        assert column.editable
        assert column.help_text == "As far as known."


def test_columns_are_named_after_the_partial_date(lease):
    names = [str(field.verbose_name) for field in lease._meta.fields]
    assert "first day (first possible day)" in names
    assert "first day (last possible day)" in names
    assert "ends on (first possible day)" in names


@isolate_apps("tests.civil")
def test_column_names_follow_the_readers_language():
    class Lease(models.Model):
        starts_on = PartialDateField(gettext_lazy("Monday"))

        class Meta:
            app_label = "tests"

    column = Lease._meta.get_field("starts_on_first")
    with override("es"):
        assert str(column.verbose_name).startswith("lunes (")
    with override("en"):
        assert str(column.verbose_name) == "Monday (first possible day)"


def test_the_model_lists_its_partial_dates(lease):
    assert lease.partial_dates == ("starts_on", "ends_on")
    assert lease(number=1).partial_dates == ("starts_on", "ends_on")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("2018-01-01/2018-08-03", date(2018, 1, 1), date(2018, 8, 3)),
        (date(2018, 8, 31), date(2018, 8, 31), date(2018, 8, 31)),
        (PartialDate.parse("2010-07"), date(2010, 7, 1), date(2010, 7, 31)),
        ("", None, None),
        (None, None, None),
    ],
)
def test_values_are_taken_as_keyword_and_by_assignment(lease, value, first, last):
    assigned = lease(number=1, starts_on="1999")
    assigned.starts_on = value
    for record in (lease(number=1, starts_on=value), assigned):
        assert (record.starts_on_first, record.starts_on_last) == (first, last)
        assert record.starts_on == PartialDate.coerce(value)
        assert record.ends_on is None


def test_columns_may_be_given_one_by_one(lease):
    record = lease(starts_on_first=date(2008, 1, 1), starts_on_last=date(2008, 12, 31))
    assert record.starts_on == PartialDate.parse("2008")


@pytest.mark.parametrize("value", ["2010-13", 2008, datetime(2018, 8, 31, tzinfo=UTC)])
def test_other_values_are_refused_and_change_nothing(lease, value):
    record = lease(starts_on="2008")
    with pytest.raises(ValueError, match=r"Write|leave out"):
        record.starts_on = value
    assert record.starts_on == PartialDate.parse("2008")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2008, 1, 1), None),
        (None, date(2008, 1, 1)),
        (date(2009, 1, 1), date(2008, 1, 1)),
    ],
)
def test_columns_that_contradict_each_other_read_as_a_validation_error(lease, first, last):
    record = lease(starts_on_first=first, starts_on_last=last)
    with pytest.raises(ValidationError, match="first day: "):
        _ = record.starts_on


@isolate_apps("tests.civil")
def test_subclasses_of_abstract_models_have_each_column_once_and_lists_of_their_own():
    class Signed(models.Model):
        signed_on = PartialDateField()

        class Meta:
            app_label = "tests"
            abstract = True
            constraints = [*partial_date_constraints("%(class)s", "signed_on")]

    class Dated(models.Model):
        dated_on = PartialDateField()

        class Meta:
            app_label = "tests"
            abstract = True

    class Letter(Signed):
        sent_on = PartialDateField()

        class Meta(Signed.Meta):
            app_label = "tests"

    class Treaty(Signed, Dated):
        class Meta:
            app_label = "tests"

    assert columns(Letter) == [
        "id",
        "signed_on_first",
        "signed_on_last",
        "sent_on_first",
        "sent_on_last",
    ]
    assert Signed.partial_dates == ("signed_on",)
    assert Letter.partial_dates == ("signed_on", "sent_on")
    assert set(Treaty.partial_dates) == {"signed_on", "dated_on"}
    assert Letter(signed_on="2008", sent_on="2009").signed_on == PartialDate.parse("2008")
    assert Treaty(signed_on="2008").dated_on is None
    assert [constraint.name for constraint in Letter._meta.constraints] == [
        "letter_signed_on_whole"
    ]


@isolate_apps("tests.civil")
def test_subclasses_of_concrete_models_and_proxies_share_the_parents_columns():
    class Act(models.Model):
        done_on = PartialDateField()

        class Meta:
            app_label = "tests"

    class Vote(Act):
        seen_on = PartialDateField()

        class Meta:
            app_label = "tests"

    class OldAct(Act):
        class Meta:
            app_label = "tests"
            proxy = True

    assert [field.name for field in Vote._meta.local_fields] == [
        "act_ptr",
        "seen_on_first",
        "seen_on_last",
    ]
    assert Act.partial_dates == OldAct.partial_dates == ("done_on",)
    assert Vote.partial_dates == ("done_on", "seen_on")
    assert Vote(done_on="2008").done_on == OldAct(done_on="2008").done_on
    assert OldAct._meta.local_fields == []


@isolate_apps("tests.civil")
def test_an_inherited_partial_date_may_be_declared_anew():
    class Act(models.Model):
        done_on = PartialDateField("done")

        class Meta:
            app_label = "tests"
            abstract = True

    class Vote(Act):
        done_on = PartialDateField("cast")

        class Meta:
            app_label = "tests"

    assert columns(Vote) == ["id", "done_on_first", "done_on_last"]
    assert Vote.partial_dates == ("done_on",)
    assert Vote._meta.get_field("done_on_first").verbose_name == "cast (first possible day)"


@isolate_apps("tests.civil")
def test_a_history_table_has_the_columns(lease):
    class HistoryRow(models.Model):
        history_id = models.AutoField(primary_key=True)

        class Meta:
            app_label = "tests"
            abstract = True

    attributes = {**HistoricalRecords().copy_fields(lease), "__module__": __name__}
    Historical = type("Historical", (HistoryRow,), attributes)  # noqa: N806 - a class
    assert set(columns(Historical)) == {*columns(lease), "history_id"}
    row = Historical(starts_on_first=date(2008, 1, 1), starts_on_last=date(2008, 12, 31))
    known = {field.attname: getattr(row, field.attname) for field in lease._meta.fields}
    assert lease(**known).starts_on == PartialDate.parse("2008")


def test_migrations_see_two_date_columns_and_no_change_afterwards(lease):
    state = ModelState.from_model(lease)
    assert [name for name, _ in state.fields.items()] == columns(lease)
    text, _ = MigrationWriter.serialize(lease._meta.get_field("starts_on_first"))
    assert text == (
        "models.DateField(blank=True, help_text='As far as known.', null=True, "
        "verbose_name='first day (first possible day)')"
    )
    before, after = ProjectState(), ProjectState()
    before.add_model(state.clone())
    after.add_model(ModelState.from_model(lease))
    assert MigrationAutodetector(before, after)._detect_changes() == {}


def test_constraints_are_named_and_written_to_migrations_as_django_s_own(lease):
    assert [constraint.name for constraint in lease._meta.constraints] == [
        "lease_starts_on_whole",
        "lease_ends_on_whole",
    ]
    text, _ = MigrationWriter.serialize(lease._meta.constraints[0])
    assert text.startswith("models.CheckConstraint(condition=models.Q(")
    assert "civil" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        (None, None, True),
        (date(2008, 1, 1), date(2008, 12, 31), True),
        (date(2008, 1, 1), date(2008, 1, 1), True),
        (date(2008, 1, 1), None, False),
        (None, date(2008, 1, 1), False),
        (date(2008, 1, 2), date(2008, 1, 1), False),
    ],
)
def test_the_database_holds_both_days_in_order_or_neither(lease, first, last, whole):
    record = lease(number=1, starts_on_first=first, starts_on_last=last)
    if whole:
        record.validate_constraints()
        return
    with pytest.raises(ValidationError, match=r"starts on: give both .* in this order, or neither"):
        record.validate_constraints()
