"""How large a file of examples may be, and the two ways of refusing it."""

FILE_BYTES = 50 * 2**20
ROWS = 100_000
COLUMNS = 200
COLUMN_NAME = 200  # characters; names are repeated in messages
TAGS = 50  # of an example
ERRORS = 1_000  # then reading stops
CELL_BYTES = 2**20  # of UTF-8
LINES = 5_000_000  # blank ones and those inside quotes too; a second of work for each million
ROW_CHARACTERS = 16 * 2**20  # a row is read whole; sixteen of the largest cells fit
JSON_DEPTH = 64
# Values inside lists and objects, of a row as it is read and of a file as it is kept. `[],` is 3
# bytes in a file and 64 in memory: 50 MiB of it would take more than a gigabyte, this 130 MB.
VALUES = 2_000_000
UNPACKED_BYTES = 100 * 2**20  # what the rows of a Parquet file may come to as JSON


class ImportRefused(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


class BadCell(ValueError):
    """A cell does not hold what it should; the message is a row error without its row."""
