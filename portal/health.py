"""Whether the alerts work: a word for the public, a sentence for staff."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from agreements.permissions import Can
from reports.alerts.watchdog import sentences


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Does the register tell what it should? 200 and "ok", or 503 and "degraded"."""
    wrong = sentences()
    answer: dict[str, object] = {"status": "degraded" if wrong else "ok"}
    if request.user.has_perm(Can.READ_INTERNAL):
        answer["why"] = wrong
    return JsonResponse(answer, status=503 if wrong else 200)
