"""American English: August 31, 2018."""

DATE_FORMAT = "F j, Y"
MONTH_DAY_FORMAT = "F j"
YEAR_MONTH_FORMAT = "F Y"
DATETIME_FORMAT = "F j, Y, g:i A"
