"""The desk's addresses."""

from django.urls import path

from desk.views import overview, people

app_name = "desk"

urlpatterns = [
    path("", overview.desk, name="overview"),
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
]
