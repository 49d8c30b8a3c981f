"""The portal's addresses: stable, readable, the same in each language."""

from django.urls import path

from portal import briefs, reports, urls_calendars, urls_follow, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/<slug:slug>/", views.agreement_detail, name="agreement-detail"),
    path("agreements/<slug:slug>/brief.pdf", briefs.brief_pdf, name="agreement-brief"),
    path("agreements/<slug:slug>/brief/", briefs.brief_page, name="brief-page"),
    path("agreements/<slug:slug>/documents/<int:pk>/", views.document_file, name="document-file"),
    path("agreements/<slug:slug>/dossier/", reports.dossier_page, name="dossier"),
    path("agreements/<slug:slug>/dossier/<str:form>", reports.dossier_file, name="dossier-file"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/<slug:name>/", reports.report_page, name="report-page"),
    path("reports/<slug:name>/<str:form>", reports.report_file, name="report-file"),
    path("briefs/", briefs.brief_find, name="brief-find"),
    path("briefs/<str:code>/", briefs.brief_check, name="brief-check"),
    path("briefs/<str:code>/<str:name>", briefs.brief_file, name="brief-file"),
    path("parties/<slug:slug>/", views.party_detail, name="party-detail"),
    path("systems/<slug:slug>/", views.system_detail, name="system-detail"),
    path("about/", views.about, name="about"),
    *urls_calendars.urlpatterns,
    *urls_follow.urlpatterns,
]
