"""The lists and the record of the PARS case as the register knew them at a moment."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from agreements.models import Agreement
from tests.factories import save

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


def test_the_record_as_known_at_a_moment(pars: Any, june_2018: Any, signed_in: Sign) -> None:
    client = signed_in("editor")
    page = "/desk/agreements/pars-ice/"
    then = get(client, f"{page}?on=2010-07-15&known=2010-07-15")
    assert "As the register knew it on" in then
    assert "What is dated later is not shown" in then
    assert "/edit/identity/" not in then
    assert "/confirm/" not in then
    assert "brief/?on=2010-07-15&amp;known=2010-07-15" in then
    assert "Do not renew" not in then
    assert "Do not renew" in get(client, f"{page}?on=2018-08-01")
    assert "announced July 27, 2018" in get(client, f"{page}?on=2018-08-01")
    now = get(client, page)
    assert "/edit/identity/" in now
    assert "/edit/identity/" in get(client, f"{page}?on=2018-06-15")
    get(client, f"{page}?known=2001-01-01", status=404)
    get(client, f"{page}?on=junk", status=400)


def test_the_preview_of_a_brief_shows_the_day_that_is_named(
    pars: Any, june_2018: Any, signed_in: Sign
) -> None:
    client = signed_in("council_reader")
    url = "/desk/agreements/pars-ice/brief.pdf"
    then = client.get(f"{url}?on=2010-07-15&known=2010-07-15")
    assert then["Content-Disposition"].endswith('-2010-07-15-en-internal.pdf"')
    assert client.get(f"{url}?known=2001-01-01").status_code == 404
    a4 = client.get(f"{url}?paper=a4&language=es")
    assert a4["Content-Disposition"].endswith('-2018-06-15-es-internal-a4.pdf"')
    assert client.get(f"{url}?paper=a5").status_code == 400


def test_the_internal_brief_is_a_page_too(pars: Any, june_2018: Any, signed_in: Sign) -> None:
    save(pars, internal_note="zqcanary")
    client = signed_in("council_reader")
    page = get(client, "/desk/agreements/pars-ice/brief/?on=2018-07-28")
    assert "internal edition, not for release" in page
    assert "zqcanary" in page
    assert "/desk/agreements/pars-ice/brief.pdf?on=2018-07-28&amp;paper=a4" in page
    spanish = get(client, "/desk/agreements/pars-ice/brief/?language=es")
    assert '<div lang="es-US">' in spanish
    assert "Por decidir" in spanish
