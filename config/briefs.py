"""The brief that an alert to Council carries: neither room knows the other, config knows both."""

import datetime as dt

from reports.alerts.channels.email import Attachment
from reports.alerts.sending import register_brief


@register_brief
def current_brief(agreement_id: int, on: dt.date, language: str) -> Attachment | None:
    """Return the brief of a published agreement as of a day; None for one that is not."""
    from django.utils import timezone, translation  # noqa: PLC0415

    from agreements.loading import load  # noqa: PLC0415 - loaded when an alert is sent
    from agreements.public import agreement_view, public_facts  # noqa: PLC0415
    from reports.briefs.layout import pdf  # noqa: PLC0415

    facts = load(agreement_id)
    now = timezone.now()
    if facts is None or facts.agreement.publication_at(now) != "published":
        return None
    with translation.override(language):
        view = agreement_view(public_facts(facts, now), on)
        content = pdf(view, language=language, paper="letter")
    name = f"{view.slug}-brief-{on.isoformat()}-{language}.pdf"
    return Attachment(name, content, "application/pdf")
