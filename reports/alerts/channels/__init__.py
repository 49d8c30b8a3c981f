"""Ways out of the register. A channel says what kind of failure it met."""


class SendError(Exception):
    """A channel could not send.

    ``is_permanent``: trying this one again would not help. ``is_ours``: nothing can be sent by
    this channel now, whatever it is: our server is away, or refuses us. ``is_broken_off``: the
    other side fell silent or hung up, which may be due to this one or not.
    """

    def __init__(
        self,
        message: str,
        *,
        is_permanent: bool,
        is_ours: bool = False,
        is_broken_off: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
        self.is_ours = is_ours
        self.is_broken_off = is_broken_off
