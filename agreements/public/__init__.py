"""What the public may see: an allow-list of frozen view objects, built from facts.

Templates, feeds, JSON and briefs receive these, never models. A field that is not named in
:mod:`agreements.public.views` is not public. Text is in the language that is active when a view is
built.
"""

from agreements.public.build import (
    agreement_view,
    deadline_view,
    public_facts,
    visible_agreement,
)
from agreements.public.views import AgreementView, DeadlineView, ElementView, EntryView, PartyView

__all__ = [
    "AgreementView",
    "DeadlineView",
    "ElementView",
    "EntryView",
    "PartyView",
    "agreement_view",
    "deadline_view",
    "public_facts",
    "visible_agreement",
]
