"""Renewals: one page on which a term's end is decided, and a page for each thing to do about it."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from agreements import closing, deciding, executing, renewing
from agreements.ballot import digest_of as digest_of_text
from agreements.facts import Facts
from agreements.loading import load
from agreements.models import Deadline, Obligation, Term
from agreements.permissions import Can
from civil.clock import today
from desk import renewal_forms as forms
from desk.editing import Follows, digest_of, preview, version_of
from desk.gate import staff_page
from desk.renewal_page import renewal_page
from desk.views.saving import was_sent_before


@dataclass(frozen=True)
class Action:
    """Something that can be done about a term's end, on a page of its own.

    One that is ``bound`` is refused where what stood on its page has changed since.
    """

    name: str
    title: Any
    button: Any
    form: type[forms.ActionForm]
    do: Callable[[Term, Facts, Any, dict[str, Any]], Any]
    done: Any
    permission: str = Can.EDIT
    is_bound: bool = False


def _review(facts: Facts, term: Term) -> Any:
    found = forms.open_review_of(facts, term)
    if found is None:
        raise ValidationError(_t("No review of this term is open: open one first."))
    return found


def _proposal(term: Term) -> Any:
    found = renewing.open_proposal(term)
    if found is None:
        raise ValidationError(_t("No decision is proposed: propose one first."))
    return found


def _decision(facts: Facts, term: Term) -> Any:
    found = forms.to_announce(facts, term)
    if found is None:
        raise ValidationError(_t("No decision waits to be announced."))
    return found


def _proposed_term(facts: Facts, term: Term) -> Term:
    found = [t for t in facts.every_term if t.number >= term.number and t.is_proposed]
    if not found:
        raise ValidationError(_t("No proposed term waits for its execution."))
    return found[0]


def _propose(term: Term, facts: Facts, by: Any, said: dict[str, Any]) -> Any:
    standing = renewing.open_proposal(term)
    if standing is not None:
        return deciding.reword(standing, by=by, **said)
    return deciding.propose(term, by=by, **said)


ACTIONS = (
    Action(
        "review",
        _("Open a review"),
        _("Open the review"),
        forms.ReviewForm,
        lambda term, facts, by, said: renewing.open_review(term, by=by, **said),
        _("The review is open."),
    ),
    Action(
        "considerations",
        _("Note considerations"),
        _("Save the considerations"),
        forms.ConsiderationsForm,
        lambda term, facts, by, said: renewing.note_considerations(
            _review(facts, term), by=by, **said
        ),
        _("The considerations are saved."),
    ),
    Action(
        "concern",
        _("Raise a concern"),
        _("Record the concern"),
        forms.ConcernForm,
        lambda term, facts, by, said: renewing.raise_concern(term, by=by, **said),
        _("The concern is recorded."),
    ),
    Action(
        "notice",
        _("Record notice given"),
        _("Record the notice"),
        forms.NoticeForm,
        lambda term, facts, by, said: renewing.record_notice(term, by=by, **said),
        _("The notice is recorded."),
    ),
    Action(
        "vote",
        _("Cast a vote"),
        _("Cast the vote"),
        forms.VoteForm,
        lambda term, facts, by, said: renewing.cast_vote(term, by=by, **said),
        _("The vote is cast. It is bound to the text as it stands now."),
        Can.VOTE,
        is_bound=True,
    ),
    Action(
        "recorded-vote",
        _("Record a vote by letter or from a source"),
        _("Record the vote"),
        forms.RecordedVoteForm,
        lambda term, facts, by, said: renewing.record_vote(term, by=by, **said),
        _("The vote is recorded."),
    ),
    Action(
        "proposal",
        _("Propose a decision"),
        _("Save the proposal"),
        forms.ProposalForm,
        _propose,
        _("The decision is proposed. Somebody else settles it."),
    ),
    Action(
        "withdraw",
        _("Withdraw the proposal"),
        _("Withdraw the proposal"),
        forms.WithdrawForm,
        lambda term, facts, by, said: deciding.withdraw(_proposal(term), by=by, **said),
        _("The proposal is withdrawn."),
        is_bound=True,
    ),
    Action(
        "settle",
        _("Take the decision"),
        _("Take the decision"),
        forms.SettleForm,
        lambda term, facts, by, said: deciding.settle(_proposal(term), by=by, withheld=said),
        _("The decision is taken."),
        is_bound=True,
    ),
    Action(
        "recorded-decision",
        _("Enter a decision from a source"),
        _("Enter the decision"),
        forms.EnteredDecisionForm,
        lambda term, facts, by, said: deciding.enter_decision(term, by=by, **said),
        _("The decision is entered."),
    ),
    Action(
        "announcement",
        _("Record the announcement"),
        _("Record the announcement"),
        forms.AnnounceForm,
        lambda term, facts, by, said: deciding.announce(_decision(facts, term), by=by, **said),
        _("The announcement is recorded."),
        is_bound=True,
    ),
    Action(
        "execution",
        _("Record the execution of the next term"),
        _("Record the execution"),
        forms.ExecuteForm,
        lambda term, facts, by, said: executing.execute_term(
            _proposed_term(facts, term), by=by, **said
        ),
        _("The term is executed."),
        is_bound=True,
    ),
    Action(
        "access",
        _("Confirm access"),
        _("Record the state of access"),
        forms.AccessForm,
        lambda term, facts, by, said: closing.record_access(facts.agreement, by=by, **said),
        _("The state of access is recorded."),
    ),
)


def _found(term_id: int) -> tuple[Term, Facts]:
    agreement_id = (
        Term.objects.filter(pk=term_id).values_list("agreement_id", flat=True).first()
        if term_id < 2**63
        else None
    )
    facts = load(agreement_id) if agreement_id is not None else None
    if facts is None:
        raise Http404
    return next(t for t in facts.every_term if t.pk == term_id), facts


@require_safe
@staff_page(Can.READ_INTERNAL)
def renewal_list(request: HttpRequest) -> HttpResponse:
    """Which ends have to be decided, and by when?"""
    kinds = [Deadline.Kind.DECIDE_BY, Deadline.Kind.NOTICE, Deadline.Kind.SIGNATURE]
    rows = Deadline.objects.for_staff().open(today()).filter(kind__in=kinds)
    context = {"nav": "desk", "rows": rows.select_related("agreement").order_by("due_on", "id")}
    return render(request, "desk/renewal_list.html", context)


@require_safe
@staff_page(Can.READ_INTERNAL)
def renewal_detail(request: HttpRequest, term_id: int) -> HttpResponse:
    """What is to be weighed, what can be decided, and what does each do?"""
    term, facts = _found(term_id)
    context = {"nav": "desk", "page": renewal_page(facts, term, today(), request.user)}
    return render(request, "desk/renewal_detail.html", context)


def action_view(action: Action) -> Callable[..., HttpResponseBase]:
    """Return the page of one action: its form, and what it writes."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @staff_page(action.permission)
    def view(request: HttpRequest, term_id: int) -> HttpResponse:
        term, facts = _found(term_id)
        words = {"term": term, "facts": facts, "by": request.user}

        def write(form: Any) -> Any:
            return action.do(term, facts, request.user, form.keywords)

        return _page(request, action, term, facts, action.form, words, write)

    view.__name__ = f"renewal_{action.name.replace('-', '_')}"
    view.__doc__ = str(action.title)
    return view


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Can.EDIT)
def duty_done(request: HttpRequest, term_id: int, pk: int) -> HttpResponse:
    """Was this duty done, and what shows it?"""
    term, facts = _found(term_id)
    duty = next((o for o in facts.obligations if o.pk == pk), None)
    if duty is None:
        raise Http404
    action = Action(
        "duty",
        capfirst(str(duty)),
        _("Record as done"),
        forms.DutyForm,
        lambda *_: None,
        _("It is recorded as done."),
    )
    words = {"term": term, "facts": facts, "by": request.user}

    def write(form: Any) -> Any:
        found = Obligation.objects.get(pk=duty.pk)
        return closing.fulfill(found, by=request.user, **form.keywords)

    return _page(request, action, term, facts, forms.DutyForm, words, write)


def _page(
    request: HttpRequest,
    action: Action,
    term: Term,
    facts: Facts,
    form_class: type[forms.ActionForm],
    words: dict[str, Any],
    write: Callable[[Any], Any],
) -> HttpResponse:
    """Show a form; or write, and go back to the renewal; or show what is wrong in the form."""
    seen = _seen(facts, term)
    form = form_class(request.POST if request.method == "POST" else None, **words)
    follows: list[Follows] = []
    if request.method == "POST" and form.is_valid():
        try:
            if action.is_bound and request.POST.get("seen") != seen:
                raise ValidationError(
                    _t("This changed since you opened the page. Look at it again, then send it.")
                )
            if request.POST.get("confirmed") != digest_of(form):
                follows = preview(lambda: write(_again(form, words)), term.agreement_id)
            if not follows and not was_sent_before(request):
                write(form)
        except ValidationError as error:
            _tell(form, error)
        except IntegrityError:
            form.add_error(None, _t("Somebody else wrote meanwhile. Reload the page and look."))
        else:
            if not follows:
                messages.success(request, str(action.done))
                return redirect("desk:renewal-detail", term_id=term.pk)
    context = {
        "nav": "desk",
        "form": form,
        "follows": follows,
        "typed": digest_of(form) if follows else "",
        "seen": seen,
        "once": (follows and request.POST.get("once")) or secrets.token_urlsafe(16),
        "action": action,
        "term": term,
        "agreement": facts.agreement,
        "page": renewal_page(facts, term, today(), request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/renewal_form.html", context, status=status)


def _seen(facts: Facts, term: Term) -> str:
    """Return what tells one state of a renewal from another: proposal, text, decisions, terms."""
    proposal = renewing.text_proposal(facts, term)
    said = [
        digest_of_text(facts, term, proposal),
        [proposal.pk, version_of(proposal)] if proposal is not None else None,
        [[d.pk, version_of(d)] for d in facts.decisions_of(term)],
        [[t.pk, version_of(t)] for t in facts.every_term],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _again(form: Any, words: dict[str, Any]) -> Any:
    """The same form read once more: what a try makes of it is not what is saved."""
    another = type(form)(form.data, **words)
    another.is_valid()
    return another


def _tell(form: Any, error: ValidationError) -> None:
    """Put each message beside its field where the form has it, else above the form."""
    if hasattr(error, "error_dict"):
        for name, found in error.error_dict.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, error)


def addresses() -> list[URLPattern]:
    """Return the addresses of the renewal pages, one for each action."""
    at = "renewals/<int:term_id>/"
    return [
        path("renewals/", renewal_list, name="renewal-list"),
        path(at, renewal_detail, name="renewal-detail"),
        *(path(f"{at}{a.name}/", action_view(a), name=f"renewal-{a.name}") for a in ACTIONS),
        path(f"{at}duties/<int:pk>/", duty_done, name="renewal-duty"),
    ]
