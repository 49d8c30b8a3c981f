"""The portal's addresses: stable, readable, the same in each language."""

from django.urls import path

from portal import urls_calendars, urls_follow, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/<slug:slug>/", views.agreement_detail, name="agreement-detail"),
    path("agreements/<slug:slug>/brief.pdf", views.agreement_brief, name="agreement-brief"),
    path("parties/<slug:slug>/", views.party_detail, name="party-detail"),
    path("systems/<slug:slug>/", views.system_detail, name="system-detail"),
    path("about/", views.about, name="about"),
    *urls_calendars.urlpatterns,
    *urls_follow.urlpatterns,
]
