"""The memory of the register: who changed what, when and why.

Every write to a tracked model happens inside :func:`revisions.change`; leaving it writes one
revision for each changed row and brings up to date what is derived from the touched records.
"""

from revisions.changes import OpenChange, OutOfOrder, OutsideChange, change, register

__all__ = ["OpenChange", "OutOfOrder", "OutsideChange", "change", "register"]
