"""The mail server of the alerts' tests."""

from tests.reports.alerts.conftest import _static_files_of_the_source, office

__all__ = ["_static_files_of_the_source", "office"]
