"""The last day on which notice can safely be given before a term ends.

A notice rule is what an agreement's text says, part by part. A part that the text leaves open is
empty, never guessed: of all defensible readings the earliest day counts, and the answer names the
parts that were read so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from civil.business import add_business_days, roll_back, roll_forward
from civil.months import add_days, add_months

Unit = Literal["days", "months"]
DayKind = Literal["calendar", "business"]
CountedFrom = Literal["end", "start_of_next"]
Counting = Literal["at_least", "clear"]
Effective = Literal["sending", "receipt"]
Roll = Literal["earlier", "later", "none"]
Open = Literal[""]


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """What the text says about notice; an empty part is one on which it is silent.

    `length`, 0 or more, counts `unit`.

    `day_kind` says which days count: all of them, or business days only. Months are months of
    the calendar, so that with them `day_kind` is not read.

    `counted_from` is the day from which the length counts back, itself never counted: ``end``,
    the term's last day, or ``start_of_next``, the day after it.

    `counting`: ``at_least`` 30 days before the 31st may be given on the 1st. ``clear`` days leave
    out the day of notice too, which makes it one day earlier; one business day, where these count.

    `effective`: whether notice must be sent or received by the day. How long it takes to arrive
    is nowhere on record and not made up.

    `roll` is where a day that is no business day moves to: the business day before, the one
    after, or nowhere.

    Raises ValueError for a negative length or a code that is not listed here.
    """

    length: int
    unit: Unit
    day_kind: DayKind | Open = ""
    counted_from: CountedFrom | Open = ""
    counting: Counting | Open = ""
    effective: Effective | Open = ""
    roll: Roll | Open = ""

    def __post_init__(self) -> None:
        if self.length < 0:
            raise ValueError(_("A length of notice is not negative: write 0 or more."))
        _refuse_unknown("unit", self.unit, get_args(Unit))
        _refuse_unknown("day_kind", self.day_kind, _or_open(DayKind))
        _refuse_unknown("counted_from", self.counted_from, _or_open(CountedFrom))
        _refuse_unknown("counting", self.counting, _or_open(Counting))
        _refuse_unknown("effective", self.effective, _or_open(Effective))
        _refuse_unknown("roll", self.roll, _or_open(Roll))


@dataclass(frozen=True, slots=True)
class NoticeDate:
    """The last day to give notice, inclusive, and what to say with it.

    `cautious` holds, in the order of the rule's fields, the name of each part that the text
    leaves open, and ``receipt`` where the text says that receipt counts. With ``effective`` or
    ``receipt`` among them, the day is the last one to *arrive*: it has to be sent before.
    """

    due_on: date
    cautious: tuple[str, ...]


def notice_date(rule: NoticeRule, ends_on: date, holidays: frozenset[date]) -> NoticeDate:
    """Return the last day to give notice under `rule` for the term whose last day is `ends_on`.

    That is the earliest day that any reading of the open parts gives, and never a day after
    `ends_on`, when the term is over. Only a text that says ``later`` moves a day that is no
    business day forward.

    A term that ends on 9999-12-31 has no day after it and always counts from its last day.
    Raises OutOfCalendarError (a ValueError) if a reading leads before the year 1.
    """
    due_on = min(_day(reading, ends_on, holidays) for reading in readings(rule))
    return NoticeDate(due_on, _cautious(rule))


def readings(rule: NoticeRule) -> list[NoticeRule]:
    """Return every rule that the text can be read as: each open part filled in each way.

    Parts that move no day stay as they are: `effective`, and `day_kind` of a rule in months.
    """
    day_kinds = _either(rule.day_kind, DayKind) if rule.unit == "days" else [rule.day_kind]
    filled = product(
        day_kinds,
        _either(rule.counted_from, CountedFrom),
        _either(rule.counting, Counting),
        [rule.effective],
        _either(rule.roll, Roll),
    )
    return [NoticeRule(rule.length, rule.unit, *parts) for parts in filled]


def _either(code: str, codes: object) -> Sequence[Any]:
    return [code] if code else get_args(codes)


def _day(rule: NoticeRule, ends_on: date, holidays: frozenset[date]) -> date:
    """Return the day that a rule without open parts gives, `ends_on` at the latest."""
    counts_from_end = rule.counted_from == "end" or ends_on == date.max
    counted_from = ends_on if counts_from_end else add_days(ends_on, 1)
    between = 1 if rule.counting == "clear" else 0
    if rule.unit == "months":
        day = add_days(add_months(counted_from, -rule.length), -between)
    elif rule.day_kind == "business":
        day = add_business_days(counted_from, -rule.length - between, holidays)
    else:
        day = add_days(counted_from, -rule.length - between)
    day = min(day, ends_on)
    if rule.roll == "earlier":
        return roll_back(day, holidays)
    if rule.roll == "later":
        return min(roll_forward(day, holidays), ends_on)
    return day


def _cautious(rule: NoticeRule) -> tuple[str, ...]:
    parts = {
        "day_kind": rule.unit == "days" and not rule.day_kind,
        "counted_from": not rule.counted_from,
        "counting": not rule.counting,
        "effective": not rule.effective,
        "receipt": rule.effective == "receipt",
        "roll": not rule.roll,
    }
    return tuple(name for name, holds in parts.items() if holds)


def _or_open(codes: object) -> tuple[str, ...]:
    return ("", *get_args(codes))


def _refuse_unknown(part: str, code: str, codes: Sequence[str]) -> None:
    if code not in codes:
        raise ValueError(
            _("%(part)s is %(code)r: write one of %(codes)s.")
            % {"part": part, "code": code, "codes": ", ".join(repr(known) for known in codes)}
        )
