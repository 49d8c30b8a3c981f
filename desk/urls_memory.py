"""The addresses of the history and of the staff's lists."""

from django.urls import path

from desk.views import history

urlpatterns = [
    path("history/", history.history_list, name="history-list"),
    path("history/<str:label>/<int:pk>/", history.history_record, name="history-record"),
    path("history/<str:label>/<int:pk>/compare/", history.history_compare, name="history-compare"),
    path(
        "history/<str:label>/<int:pk>/restore/<int:revision>/",
        history.history_restore,
        name="history-restore",
    ),
]
