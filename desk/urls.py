"""The desk's addresses."""

from django.urls import path

from desk.views import briefs, overview

app_name = "desk"

urlpatterns = [
    path("", overview.desk, name="overview"),
    path("briefs/", briefs.brief_list, name="brief-list"),
    path("briefs/issue/", briefs.brief_issue, name="brief-issue"),
    path("briefs/<int:pk>/release/", briefs.brief_release, name="brief-release"),
    path("agreements/<slug:slug>/brief.pdf", briefs.brief_preview, name="brief-preview"),
]
