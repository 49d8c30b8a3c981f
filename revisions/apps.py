"""The revisions app."""

from django.apps import AppConfig


class RevisionsConfig(AppConfig):
    """History of every tracked record."""

    name = "revisions"
