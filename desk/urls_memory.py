"""The addresses of the history and of the staff's lists."""

from django.urls import path

from desk.views import bulk, history, lists

urlpatterns = [
    path("agreements/", lists.agreement_list, name="agreement-list"),
    path("agreements/change/", bulk.change_agreements, name="agreement-change-many"),
    path("views/save/", lists.view_save, name="view-save"),
    path("views/<int:pk>/delete/", lists.view_delete, name="view-delete"),
    path("history/", history.history_list, name="history-list"),
    path("history/<str:label>/<int:pk>/", history.history_record, name="history-record"),
    path("history/<str:label>/<int:pk>/compare/", history.history_compare, name="history-compare"),
    path(
        "history/<str:label>/<int:pk>/restore/<int:revision>/",
        history.history_restore,
        name="history-restore",
    ),
]
