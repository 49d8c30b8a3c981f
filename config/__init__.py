"""Settings, addresses and checks: where the rooms are put together."""
