"""The PARS case as dated steps: what was shared with ICE, on what terms, until when.

Facts only, each with its source; what no source gives is left out. Sources that disagree all
stand. The facts and their sources were collected from five documents and from excerpts of public
pages (see ``sources``); dates known to the year or month keep that precision. A step bears its
facts' day; what is not dated comes with the day of the source that says it (DOMAIN.md, rule 9).
"""

import datetime as dt
from typing import Any

from examples.pars import ending, founding, years
from examples.replay import Step


def _step(day: str, what: str, sources: str, enter: Any) -> Step:
    return Step(dt.date.fromisoformat(day), what, sources, enter)


STEPS = [
    _step(
        "2008-12-31",
        "The agreement of 2008 is entered and published",
        "Juntos; Inquirer 2011; and the sources cited on each fact",
        founding.enter_register,
    ),
    _step("2010-06-29", "End said to be July 1", "click4immigration.com", founding.wrong_end),
    _step("2010-07-01", "End corrected to August 31", "philly.com 2010", founding.corrected_end),
    _step(
        "2010-07-16",
        "Renewed for one year, without victims’ and witnesses’ information",
        "District Attorney’s Office; Inquirer 2010",
        founding.renewal_2010,
    ),
    _step(
        "2011-02-28",
        "Figures on people never convicted",
        "Technical.ly Philly; Inquirer 2011",
        years.figures_2011,
    ),
    _step(
        "2011-06-23",
        "Council advises not to renew",
        "Resolution 110536; Inquirer 2011",
        years.resolution_2011,
    ),
    _step("2011-08-31", "Petition", "New Sanctuary Movement", years.petition_2011),
    _step("2013-09-30", "Report on PARS and its license", "Technical.ly Philly", years.source_2013),
    _step("2013-11-21", "Council calls for hearings", "Resolution 130880", years.resolution_2013),
    _step(
        "2017-09-01",
        "Last term",
        "philly.com 2018; City of Philadelphia; PhillyVoice",
        years.last_term,
    ),
    _step("2018-07-02", "Citywide protest", "PhillyVoice", ending.protest_2018),
    _step("2018-07-06", "Encampment", "PhillyVoice", ending.encampment),
    _step(
        "2018-07-11",
        "District Attorney announces how he will vote",
        "Associated Press",
        ending.krasner,
    ),
    _step("2018-07-12", "City Solicitor asks to meet", "Inquirer 2018", ending.asks_to_meet),
    _step("2018-07-16", "ICE answers claims of misuse", "Inquirer 2018", ending.ice_answers),
    _step(
        "2018-07-17", "Said to be renewed yearly", "philly.com commentary 2018", ending.said_yearly
    ),
    _step("2018-07-18", "Meeting", "PhillyVoice; City of Philadelphia", ending.meeting),
    _step("2018-07-25", "Stairwell occupied", "PhillyVoice", ending.stairwell),
    _step("2018-07-26", "Notice of non-renewal", "philly.com 2018", ending.notice),
    _step(
        "2018-07-27",
        "Non-renewal announced",
        "City of Philadelphia; PhillyVoice",
        ending.announcement,
    ),
    _step(
        "2018-08-03", "Statement of the City", "City of Philadelphia; Juntos", ending.city_statement
    ),
]
