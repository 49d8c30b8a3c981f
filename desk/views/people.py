"""People: who may do what, invitations, mandates, and leaving."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import people as accounts
from accounts.models import User
from agreements.handover import end_mandate, hand_over, holdings_of
from agreements.models.mandate import Mandate
from agreements.permissions import Can
from civil.clock import today
from desk.gate import staff_page
from desk.people_forms import DisableForm, MandateEndForm, MandateForm, PersonForm, ReasonForm
from reports.alerts import readers
from reports.models import Watch
from revisions import change

log = logging.getLogger("pactwatch.accounts")
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _person(request: HttpRequest, pk: int, *, but_self: bool = True) -> User:
    """Return somebody whom the reader may change.

    Only superusers change superusers; nobody gives themselves anything, or disables themselves.
    """
    person = get_object_or_404(User, pk=pk)
    if person.is_superuser and not request.user.is_superuser:
        raise PermissionDenied(_t("Only a superuser changes a superuser."))
    if but_self and person.pk == request.user.pk:
        raise PermissionDenied(_t("Nobody does this for themselves. Ask another records officer."))
    return person


def _invite(request: HttpRequest, person: User) -> None:
    """Mail the invitation, and say whether it went out."""
    try:
        accounts.send_invitation(person, request.user)
    except (OSError, SMTPException):
        log.exception("the invitation of person %s could not be sent", person.pk)
        messages.error(
            request,
            _t("The mail to %(address)s could not be sent. Try again from this page.")
            % {"address": person.email},
        )
    else:
        messages.success(
            request, _t("An invitation was mailed to %(address)s.") % {"address": person.email}
        )


def _held(on: Any) -> Prefetch:
    now = Mandate.objects.filter(
        Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on
    ).select_related("party")
    return Prefetch("mandates", queryset=now, to_attr="held")


@staff_page(Can.MANAGE_PEOPLE)
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Who may do what?"""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=accounts.SECOND_FACTORS)
    people = (
        User.objects.annotate(has_factor=Exists(factors))
        .prefetch_related(_held(today()))
        .order_by("-is_active", "name", "email")
    )
    return render(request, "desk/people_list.html", {"nav": "desk", "people": people})


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def person_create(request: HttpRequest) -> HttpResponse:
    """Whom do we invite?"""
    form = PersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance.set_unusable_password()
            person = form.save()
            role = person.get_role_display() or _t("no role")
            accounts.note(request.user, person, _t("Invited, %(role)s") % {"role": role})
        _invite(request, person)
        return redirect("desk:person-detail", person.pk)
    return _form(request, form, _t("Invite somebody"), _t("Invite"), "desk:person-list")


@staff_page(Can.MANAGE_PEOPLE)
@require_safe
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is this, and what may they do?"""
    person = get_object_or_404(User, pk=pk)
    is_self = person.pk == request.user.pk
    held = holdings_of(person)
    return render(
        request,
        "desk/people_detail.html",
        {
            "nav": "desk",
            "person": person,
            "is_self": is_self,
            "may_change": request.user.is_superuser or not person.is_superuser,
            "held": held,
            "ended": Mandate.objects.filter(user=person, until_on__lt=today()).select_related(
                "party"
            ),
            "has_factor": accounts.has_second_factor(person),
            "notes": accounts.notes_about(person),
        },
    )


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def person_update(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes about this person?"""
    person = _person(request, pk, but_self=False)
    form = PersonForm(request.POST or None, instance=person, by=request.user)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            with transaction.atomic():
                form.save()
                for watch in Watch.objects.filter(user=person):
                    readers.expand_watch(watch)
                accounts.note(request.user, person, _what_changed(form))
        return redirect("desk:person-detail", person.pk)
    title = _t("Change %(person)s") % {"person": User.objects.get(pk=pk)}
    return _form(request, form, title, _t("Save"), "desk:person-detail", person)


def _what_changed(form: PersonForm) -> str:
    """Say which fields changed, and to what."""
    said = []
    for name in form.changed_data:
        value = form.cleaned_data[name]
        if name == "role":
            value = form.instance.get_role_display() or _t("none")
        elif isinstance(value, bool):
            value = _t("yes") if value else _t("no")
        said.append(f"{form.instance._meta.get_field(name).verbose_name}: {value}")
    return "; ".join(said)


@staff_page(Can.MANAGE_PEOPLE)
@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the invitation once more; the links mailed before work until one was used."""
    person = _person(request, pk)
    if person.is_active and not person.has_usable_password():
        accounts.note(request.user, person, _t("Invited once more"))
        _invite(request, person)
    return redirect("desk:person-detail", person.pk)


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Have they lost their phone or key?"""
    person = _person(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            accounts.remove_second_factors(person)
            what = _t("Second factors removed: %(reason)s") % form.cleaned_data
            accounts.note(request.user, person, what)
        messages.success(
            request, _t("%(person)s sets up a new second factor at the next sign-in.")
            % {"person": person},
        )  # fmt: skip
        return redirect("desk:person-detail", person.pk)
    title = _t("Remove the second factors of %(person)s") % {"person": person}
    return _form(request, form, title, _t("Remove them"), "desk:person-detail", person)


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes over what they hold?"""
    person = _person(request, pk)
    held = holdings_of(person)
    form = DisableForm(request.POST or None, person=person, held=held)
    if request.method == "POST" and form.is_valid():
        try:
            _disable(request.user, person, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _t("%(person)s can no longer sign in.") % {"person": person})
            return redirect("desk:person-detail", person.pk)
    context = {"nav": "desk", "person": person, "form": form, "held": held}
    return render(request, "desk/people_disable.html", context)


def _disable(by: Any, person: User, form: DisableForm) -> None:
    """Hand over, disable and end all sessions, in one change."""
    reason = form.cleaned_data["reason"]
    with change(by=by, reason=reason):
        hand_over(person, form.successors)
        person.is_active = False
        person.save(update_fields=["is_active"])
        accounts.note(by, person, _t("Disabled: %(reason)s") % {"reason": reason})
        accounts.end_sessions(person)


@staff_page(Can.MANAGE_PEOPLE)
@require_POST
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody sign in again; what was handed over stays where it is."""
    person = _person(request, pk)
    if not person.is_active:
        with transaction.atomic():
            person.is_active = True
            person.save(update_fields=["is_active"])
            accounts.note(request.user, person, _t("Enabled again"))
        messages.success(request, _t("%(person)s may sign in again.") % {"person": person})
    return redirect("desk:person-detail", person.pk)


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def mandate_create(request: HttpRequest, pk: int) -> HttpResponse:
    """For whom do they vote?"""
    person = _person(request, pk)
    if not person.is_active:
        raise PermissionDenied(_t("Enable this person first."))
    form = MandateForm(
        request.POST or None, instance=Mandate(user=person), initial={"from_on": today()}
    )
    if request.method == "POST" and form.is_valid():
        with change(by=request.user, reason=form.cleaned_data["reason"]):
            form.save()
        return redirect("desk:person-detail", person.pk)
    title = _t("Give %(person)s a mandate") % {"person": person}
    return _form(request, form, title, _t("Give the mandate"), "desk:person-detail", person)


@staff_page(Can.MANAGE_PEOPLE)
@form_page
def mandate_end(request: HttpRequest, pk: int) -> HttpResponse:
    """When does their mandate end?"""
    mandate = get_object_or_404(Mandate.objects.select_related("party", "user"), pk=pk)
    person = _person(request, mandate.user_id)
    form = MandateEndForm(request.POST or None, mandate=mandate)
    if request.method == "POST" and form.is_valid():
        with change(by=request.user, reason=form.cleaned_data["reason"]):
            end_mandate(mandate, form.cleaned_data["last_on"])
        return redirect("desk:person-detail", person.pk)
    title = _t("End the mandate of %(person)s for %(party)s") % {
        "person": person,
        "party": mandate.party,
    }
    return _form(request, form, title, _t("End the mandate"), "desk:person-detail", person)


def _form(
    request: HttpRequest, form: Any, title: str, action: str, back: str, person: User | None = None
) -> HttpResponse:
    """Show a form under its title, with one action and a way back."""
    context = {"nav": "desk", "form": form, "title": title, "action": action, "back": back}
    return render(request, "desk/people_form.html", context | {"person": person})
