"""The desk itself: what needs me."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agreements.permissions import Can
from desk.gate import staff_page


@staff_page(Can.READ_INTERNAL)
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me, by deadline?"""
    return render(request, "desk/overview.html", {"nav": "desk"})
