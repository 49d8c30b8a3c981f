"""The desk's addresses."""

from django.urls import path

from desk import urls_alerts, urls_memory
from desk.views import (
    agreement,
    briefs,
    overview,
    people,
    publication,
    records,
    renewals,
    reports,
    shared,
    sourcing,
)

app_name = "desk"

AGREEMENT = "agreements/<slug:slug>/"
PART = f"{AGREEMENT}<slug:kind>/"

urlpatterns = [
    path("", overview.desk, name="overview"),
    *urls_memory.urlpatterns,  # before the agreements' own addresses, which take any word
    path(f"{AGREEMENT}dossier/", reports.dossier_page, name="internal-dossier"),
    path(f"{AGREEMENT}dossier/<slug:form>", reports.dossier_file, name="internal-dossier-file"),
    path("publication/", publication.log, name="publication-log"),
    path("agreements/new/", records.agreement_create, name="agreement-create"),
    path(AGREEMENT, agreement.agreement_detail, name="agreement-detail"),
    path(f"{AGREEMENT}confirm/", agreement.agreement_confirm, name="agreement-confirm"),
    path(f"{AGREEMENT}publication/", publication.publication, name="publication"),
    path(f"{AGREEMENT}preview/", publication.preview, name="publication-preview"),
    path(f"{AGREEMENT}publish/", publication.agreement_publish, name="agreement-publish"),
    path(f"{AGREEMENT}withdraw/", publication.agreement_withdraw, name="agreement-withdraw"),
    path(f"{AGREEMENT}edit/<slug:section>/", records.agreement_update, name="agreement-update"),
    path(f"{AGREEMENT}documents/<int:pk>/file/", agreement.document_file, name="document-file"),
    path(f"{PART}new/", records.part_create, name="part-create"),
    path(f"{PART}<int:pk>/", records.part_update, name="part-update"),
    path(f"{PART}<int:pk>/delete/", records.part_delete, name="part-delete"),
    path("names/<slug:kind>/", shared.names, name="names"),
    path("sources/<str:label>/<int:pk>/", sourcing.record_sources, name="record-sources"),
    path(
        "sources/<str:label>/<int:pk>/<slug:fact>/",
        sourcing.citation_create,
        name="citation-create",
    ),
    path("citations/<int:pk>/follow/", sourcing.citation_follow, name="citation-follow"),
    path("citations/<int:pk>/delete/", sourcing.citation_delete, name="citation-delete"),
    path("records/<slug:kind>/", shared.shared_list, name="shared-list"),
    path("records/<slug:kind>/new/", shared.shared_create, name="shared-create"),
    path("records/<slug:kind>/<int:pk>/", shared.shared_update, name="shared-update"),
    path("records/<slug:kind>/<int:pk>/delete/", shared.shared_delete, name="shared-delete"),
    path("people/", people.person_list, name="person-list"),
    path("people/invite/", people.person_create, name="person-create"),
    path("people/<int:pk>/", people.person_detail, name="person-detail"),
    path("people/<int:pk>/change/", people.person_update, name="person-update"),
    path("people/<int:pk>/invite/", people.person_invite, name="person-invite"),
    path("people/<int:pk>/disable/", people.person_disable, name="person-disable"),
    path("people/<int:pk>/enable/", people.person_enable, name="person-enable"),
    path(
        "people/<int:pk>/second-factor/", people.person_second_factor, name="person-second-factor"
    ),
    path("people/<int:pk>/mandate/", people.mandate_create, name="mandate-create"),
    path("people/mandates/<int:pk>/end/", people.mandate_end, name="mandate-end"),
    path("reports/", reports.report_list, name="internal-report-list"),
    path("reports/<slug:name>/", reports.report_page, name="internal-report-page"),
    path("reports/<slug:name>/<slug:form>", reports.report_file, name="internal-report-file"),
    path("briefs/", briefs.brief_list, name="brief-list"),
    path("briefs/issue/", briefs.brief_issue, name="brief-issue"),
    path("briefs/<int:pk>/release/", briefs.brief_release, name="brief-release"),
    path("agreements/<slug:slug>/brief/", briefs.brief_page, name="internal-brief"),
    path("agreements/<slug:slug>/brief.pdf", briefs.brief_preview, name="brief-preview"),
    *renewals.addresses(),
    *urls_alerts.urlpatterns,
]
