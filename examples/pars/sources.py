"""The sources of the PARS case: five documents, and public pages of which excerpts were read."""

import datetime as dt
from typing import Any

READ_ON = dt.date(2026, 11, 22)


def _document(title: str, publisher: str, published_on: str | None, **more: Any) -> dict[str, Any]:
    return {"title": title, "publisher": publisher, "published_on": published_on, **more}


def _excerpt(title: str, publisher: str, published_on: str | None, address: str) -> dict[str, Any]:
    return {
        "title": title,
        "publisher": publisher,
        "published_on": published_on,
        "address": f"https://{address}",
        "retrieved_on": READ_ON,
        "note": "excerpt read 2026-11-22",
    }


SOURCES: dict[str, dict[str, Any]] = {
    "petition": _document(
        "Petition to end the PARS agreement", "New Sanctuary Movement of Philadelphia", None
    ),
    "city18": _document(
        "Ending the PARS agreement with ICE",
        "City of Philadelphia",
        "2018-08-03",
        address="https://phila.gov/2018-08-03-ending-the-pars-agreement-with-ice/",
        note="also in Spanish",
    ),
    "technically13": _document(
        "Article on PARS and its license to ICE",
        "Technical.ly Philly",
        "2013-09",
        note="about September 2013, day not given",
    ),
    "phillyvoice18": _document(
        "Article on the end of the PARS agreement", "PhillyVoice", "2018-07-27"
    ),
    "juntos18": _document(
        "Statement on the end of the PARS agreement",
        "Juntos",
        None,
        note="undated, after the announcement of July 2018",
    ),
    "Inq10": _excerpt(
        "Philadelphia will share arrest data with immigration officials, with a change",
        "The Philadelphia Inquirer",
        "2010-07-17",
        "inquirer.com/philly/news/local/20100717_Philadelphia_will_share_arrest_data_with_"
        "immigration_officials__with_a_change.html",
    ),
    "Inq11": _excerpt(
        "Council votes to sever pact with Homeland Security",
        "The Philadelphia Inquirer",
        "2011-06-23",
        "inquirer.com/philly/news/breaking/20110623_Council_votes_to_severe_pact_with_"
        "homeland_security.html",
    ),
    "Ph10": _excerpt(
        "Philly Mayor Nutter tells why he opposes Immigration access to arrest records",
        "philly.com",
        "2010-07-02",
        "philly.com/inquirer/local/pa/20100702_Philly_Mayor_Nutter_tells_why_he_opposes_"
        "Immigration_access_to_arrest_records.html",
    ),
    "Op18": _excerpt(
        "Commentary on arrest data, PARS and ICE",
        "philly.com",
        "2018-07-17",
        "philly.com/philly/opinion/commentary/kenney-arrest-data-pars-ice-immigration-"
        "deportation-sanctuary-20180717.html",
    ),
    "Inq18": _excerpt(
        "Report on a meeting of the city and ICE about PARS",
        "The Philadelphia Inquirer",
        "2018-07-19",
        "inquirer.com/philly/news/pars-ice-kenney-meeting-immigration-berks-detention-center-"
        "20180719.html",
    ),
    "Ph18": _excerpt(
        "Report on the end of Philadelphia’s PARS contract with ICE",
        "philly.com",
        "2018-07-27",
        "philly.com/philly/news/ice-immigration-data-philadelphia-pars-contract-jim-kenney-"
        "protest-20180727.html",
    ),
    "DA10": _excerpt(
        "Statement of the District Attorney’s Office on PARS",
        "Philadelphia District Attorney’s Office",
        "2010-07-16",
        "phillyda.wordpress.com/2010/07/16",
    ),
    "AP18": _excerpt(
        "Philadelphia prosecutor says no to contract renewal with ICE",
        "Associated Press, in the Monterey Herald",
        "2018-07-11",
        "montereyherald.com/2018/07/11/philadelphia-prosecutor-says-no-to-contract-renewal-"
        "with-ice/",
    ),
    "Click10": _excerpt(
        "Report on the PARS agreement, reposted",
        "click4immigration.com",
        "2010-06-29",
        "click4immigration.com",
    ),
    "PW18": _excerpt(
        "Philadelphia announces plans to cancel contract with ICE",
        "People’s World",
        None,
        "peoplesworld.org/article/philadelphia-announces-plans-to-cancel-contract-with-ice/",
    ),
    "Leg110536": _excerpt(
        "Resolution 110536", "Philadelphia City Council", "2011-06-23", "phila.legistar.com"
    ),
    "Leg130880": _excerpt(
        "Resolution 130880", "Philadelphia City Council", "2013-11-21", "phila.legistar.com"
    ),
    "Fox18": _excerpt("Report on PARS", "Fox 29", "2018-07", "fox29.com"),
    "CBS18": _excerpt(
        "Mayor Kenney announces Philadelphia will not renew PARS agreement with ICE",
        "CBS Philadelphia",
        None,
        "cbsnews.com/philadelphia/news/mayor-kenney-announces-philadelphia-will-not-renew-pars-"
        "agreement-with-ice",
    ),
    "PhillyMag18": _excerpt(
        "Report on the end of the PARS agreement",
        "Philadelphia magazine",
        "2018-07-27",
        "phillymag.com",
    ),
}
