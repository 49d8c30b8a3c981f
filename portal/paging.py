"""Paging by keyset, as the portal's lists use it."""

from agreements.paging import Page, keyset_page

__all__ = ["Page", "keyset_page"]
