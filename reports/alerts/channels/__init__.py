"""Ways out of the register. A channel says whether a failure is permanent."""


class SendError(Exception):
    """A channel could not send. ``is_permanent``: trying again would not help."""

    def __init__(self, message: str, *, is_permanent: bool) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
