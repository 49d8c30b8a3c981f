"""Civil time: the city's days, months and business days, and dates known only in part."""
