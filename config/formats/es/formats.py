"""Spanish as written in the United States: 31 de agosto de 2018, $5,600."""

DATE_FORMAT = r"j \d\e F \d\e Y"
MONTH_DAY_FORMAT = r"j \d\e F"
YEAR_MONTH_FORMAT = r"F \d\e Y"
DATETIME_FORMAT = r"j \d\e F \d\e Y, H:i"
THOUSAND_SEPARATOR = ","
DECIMAL_SEPARATOR = "."
