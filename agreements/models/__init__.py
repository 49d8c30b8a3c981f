"""The record of an agreement, and the rows derived from it."""

from agreements.models.agreement import Agreement, Participation
from agreements.models.base import Part
from agreements.models.derived import Deadline, SearchText, StatusSpan
from agreements.models.documents import Document, Incident
from agreements.models.mandate import Mandate
from agreements.models.obligations import Concern, Obligation, Payment, Review
from agreements.models.proposal import Proposal
from agreements.models.renewal import Decision, NoticeGiven, Vote
from agreements.models.sharing import Access, Amendment, SharedElement
from agreements.models.term import Term
from agreements.models.timeline import Event, Evidence, Guide, Holiday
from agreements.models.views import SavedView

__all__ = [
    "Access",
    "Agreement",
    "Amendment",
    "Concern",
    "Deadline",
    "Decision",
    "Document",
    "Event",
    "Evidence",
    "Guide",
    "Holiday",
    "Incident",
    "Mandate",
    "NoticeGiven",
    "Obligation",
    "Part",
    "Participation",
    "Payment",
    "Proposal",
    "Review",
    "SavedView",
    "SearchText",
    "SharedElement",
    "StatusSpan",
    "Term",
    "Vote",
]
