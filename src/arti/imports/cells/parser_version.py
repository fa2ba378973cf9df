"""The version of what reads files: cells, columns and parsers together."""

from typing import Final

# One more with every change by which a file may be read otherwise than before. Each import keeps that of its commit.
# 1: until whole columns decided how numbers and days are read. 2: until playlists of saved files and scopes. 3: until
# columns with both marks or both orders of days, fractions, rounded numbers and several rows of sums. 4: until sums of
# groups in reports of money, averages, and numbers of hours. 5: until years that come first, reports of money by the
# names of their own columns, and words of values in six languages. 6: until numbers divided by blanks, errors of
# spreadsheets in titles, signs of other currencies, and sums of some lines that no word gives away. 7: until
# several currencies in one report, weekdays beside days, guards of texts, and months with their years beside them.
# 8: until a line of royalties was the same line in a report of another artist, and until periods of several months,
# shares beside amounts, and in spreadsheets merged cells, durations and percent signs that are only written.
PARSER_VERSION: Final = 9

# From this version on lines of royalties are known by the name of their artist, not by whose report they are in.
ARTIST_NAMES_COUNT: Final = 9
