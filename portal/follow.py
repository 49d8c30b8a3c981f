"""Following: calendar and feed first, then mail, without an account; managed and left by links."""

from typing import Any
from urllib.parse import urlencode

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from agreements.filters import AgreementFilter
from agreements.models import Agreement
from agreements.public.pages import party_page, system_page
from civil.clock import today
from portal.records import public_agreement, told_when_withdrawn
from reports.alerts import following, tokens
from reports.alerts.policy import LEADS
from reports.models import Cadence, Follower, FollowRequest, Scope

FILTERS = tuple(AgreementFilter.base_filters)


class WishForm(forms.Form):
    """How somebody wants to be told."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    cadence = forms.ChoiceField(label=_("How often"), choices=Cadence.choices)


class FollowForm(WishForm):
    """Where and how somebody wants to be told."""

    address = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    leads = forms.MultipleChoiceField(
        label=_("Days before a deadline"),
        choices=[(str(n), str(n)) for n in LEADS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: at each of these."),
    )
    field_order = ("address", "language", "cadence", "leads")


@never_cache
@told_when_withdrawn
def follow(request: HttpRequest) -> HttpResponse:
    """How can I be told ahead of deadlines?"""
    wish, calendar = _wish(request)
    language = get_language() or settings.LANGUAGE_CODE
    form = FollowForm(
        request.POST or None, initial={"language": language, "cadence": Cadence.AT_ONCE}
    )
    if request.method == "POST" and form.is_valid() and _may_ask(request, form):
        wish.address = form.cleaned_data["address"].lower()
        wish.language = form.cleaned_data["language"]
        wish.cadence = form.cleaned_data["cadence"]
        wish.leads = [int(n) for n in form.cleaned_data["leads"]]
        following.ask(wish)
        return redirect("portal:follow-asked")
    context = {
        "form": form,
        "about": following.described(wish),
        "calendar": calendar,
        "feed": calendar.replace("calendar.ics", "deadlines.atom"),
    }
    status = 200
    if form.errors:
        status = 429 if form.has_error(NON_FIELD_ERRORS, "often") else 400
    return render(request, "portal/follow.html", context, status=status)


def _may_ask(request: HttpRequest, form: FollowForm) -> bool:
    """Whether this visitor has not asked too often; says so in the form where they have.

    It counts by where the visitor comes from, never by the address that was typed.
    """
    if ratelimit.consume(request, action="follow"):
        return True
    text = _t(
        "Many have been asked for from where you are. Try again in an hour; the calendar and the "
        "feed need no asking."
    )
    form.add_error(None, ValidationError(text, code="often"))
    return False


def _wish(request: HttpRequest) -> tuple[FollowRequest, str]:
    """What the address of the page is about, and where its calendar is."""
    asked = request.GET
    if slug := asked.get("agreement"):
        agreement = public_agreement(slug)
        about: dict[str, Any] = {"scope": Scope.AGREEMENT, "agreement": agreement}
        return FollowRequest(**about), f"{agreement.get_absolute_url()}calendar.ics"
    query = {name: asked[name] for name in sorted(FILTERS) if asked.get(name)}
    if list(query) == ["party"]:
        party = party_page(query["party"])
        if party is None:
            raise Http404
        about = {"scope": Scope.PARTY, "party_id": party.id}
        return FollowRequest(**about), f"/parties/{query['party']}/calendar.ics"
    if list(query) == ["system"]:
        system = system_page(query["system"])
        if system is None:
            raise Http404
        about = {"scope": Scope.SYSTEM, "system_id": system.id}
        return FollowRequest(**about), f"/systems/{system.slug}/calendar.ics"
    if not query:
        return FollowRequest(scope=Scope.EVERYTHING), "/calendar.ics"
    text = urlencode(query)
    published = Agreement.objects.published().with_status(today())
    listed = AgreementFilter(request.GET, queryset=published, request=request, on=today())
    if not listed.is_valid() or len(text) > 1000:
        raise BadRequest(_t("A filter in the address could not be understood."))
    return FollowRequest(scope=Scope.FILTER, query=text), f"/calendar.ics?{text}"


def asked(request: HttpRequest) -> HttpResponse:
    """What happens now? The same page for every address."""
    return render(request, "portal/follow_asked.html")


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Do I want to follow this? By POST only: scanners open every link."""
    wish = tokens.find(FollowRequest, token)
    if not isinstance(wish, FollowRequest):
        raise Http404
    if request.method == "POST":
        follower = following.confirm(wish)
        return redirect("portal:follow-manage", token=tokens.token_of(follower))
    return render(request, "portal/follow_confirm.html", {"about": following.described(wish)})


@never_cache
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """What do I follow, and how?"""
    follower = _follower(token)
    initial = {"language": follower.language, "cadence": follower.cadence}
    form = WishForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if number := request.POST.get("drop", ""):
            is_id = number.isascii() and number.isdecimal() and len(number) <= 18
            follower.watches.filter(pk=int(number) if is_id else 0).delete()
            return redirect("portal:follow-manage", token=token)
        if form.is_valid():
            following.change(follower, **form.cleaned_data)
            return redirect("portal:follow-manage", token=token)
    watches = [
        {"pk": watch.pk, "about": following.described(watch), "leads": watch.leads}
        for watch in follower.watches.select_related("agreement", "party", "system")
    ]
    context = {"form": form, "watches": watches, "token": token}
    return render(request, "portal/follow_manage.html", context)


@csrf_exempt
@never_cache
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """End all of it. One-click from a mail program too (RFC 8058), and as often as it likes."""
    follower = tokens.find(Follower, token)
    if request.method == "POST" and isinstance(follower, Follower):
        following.leave(follower)
        follower = None
    return render(request, "portal/follow_left.html", {"is_left": follower is None})


def _follower(token: str) -> Follower:
    found = tokens.find(Follower, token)
    if not isinstance(found, Follower):
        raise Http404
    return found
