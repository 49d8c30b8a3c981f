"""The desk's addresses."""

from django.urls import path

from desk.views import overview, publication, records

app_name = "desk"

AGREEMENT = "agreements/<slug:slug>/"
PART = f"{AGREEMENT}<slug:kind>/"

urlpatterns = [
    path("", overview.desk, name="overview"),
    path("publication/", publication.log, name="publication-log"),
    path("agreements/new/", records.agreement_create, name="agreement-create"),
    path(AGREEMENT, records.agreement_detail, name="agreement-detail"),
    path(f"{AGREEMENT}publication/", publication.publication, name="publication"),
    path(f"{AGREEMENT}publish/", publication.agreement_publish, name="agreement-publish"),
    path(f"{AGREEMENT}withdraw/", publication.agreement_withdraw, name="agreement-withdraw"),
    path(f"{AGREEMENT}edit/<slug:section>/", records.agreement_update, name="agreement-update"),
    path(f"{PART}new/", records.part_create, name="part-create"),
    path(f"{PART}<int:pk>/", records.part_update, name="part-update"),
    path(f"{PART}<int:pk>/delete/", records.part_delete, name="part-delete"),
    path("records/<slug:kind>/", records.shared_list, name="shared-list"),
    path("records/<slug:kind>/new/", records.shared_create, name="shared-create"),
    path("records/<slug:kind>/<int:pk>/", records.shared_update, name="shared-update"),
    path("records/<slug:kind>/<int:pk>/delete/", records.shared_delete, name="shared-delete"),
]
