"""The lists of the PARS case as the register knew them at a moment."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from agreements.models import Agreement

Sign = Callable[[str], Client]
LIST = "/desk/agreements/"


def get(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_as_known_at_a_moment(pars: Any, june_2018: Any, signed_in: Sign) -> None:
    client = signed_in("editor")
    then = get(client, f"{LIST}?on=2010-06-30&known=2010-06-30&column=title&column=fee")
    assert "As the register knew it on" in then
    assert "Change the chosen ones" not in then
    assert Agreement.objects.count() > len(re.findall(r'<th scope="row">', then)) >= 1
    assert 'scope="row"' not in get(client, f"{LIST}?known=2001-01-01")


def test_the_public_list_as_known_at_a_moment(pars: Any, client: Client, june_2018: Any) -> None:
    then = get(client, "/agreements/?on=2010-06-30&known=2010-06-30&sort=status")
    assert "/agreements/pars-ice/" in then
    assert "As the register knew it on" in then
    assert "/agreements/pars-ice/" not in get(client, "/agreements/?known=2001-01-01")
    get(client, "/agreements/?known=2010-06-30&sort=next", status=400)
