"""Plans in the formats of other programs: spreadsheets, maps, calendars, and two routing tools."""
