"""Every error a user can meet. Each message says what happened, where, and what to do next.

TenderError            1   an unexpected failure of ours, or nothing useful could be done
├── UsageError         2   wrong option, date, path, configuration, rule file or recipe
├── PageRefused        3   a page that is not a notice: block page, challenge, login, soft 404, another thing altogether
├── PageBroken         3   bytes that cannot be read: truncated gzip, binary, too large, JSON of another shape
│   └── TooLarge       3   a file beyond the limit of what is fetched
├── SourceFailed       3   one source could not be read; the others go on
│   └── NotAllowed     3   robots.txt, or an address that lies outside of the site, forbids to ask
├── Undelivered        3   a message the other side has not confirmed; it waits in the outbox
├── PageChanged        4   a list or notice page without the frame its source declares: the site's template has changed
├── StoreUnusable     10   the store is missing, damaged, read-only or newer than this program
└── StoreLocked       11   another run holds the store
"""


class TenderError(Exception):
    """Base of all errors; `exit_code` is what the command line returns for it."""

    exit_code = 1
    asked = True
    """False where the page was not even asked, because its source is left alone for the rest of the run."""


class UsageError(TenderError):
    exit_code = 2


class PageRefused(TenderError):
    """`reason` is one word for tables and totals: blocked, challenge, login, not_found, not_a_notice."""

    exit_code = 3

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class PageBroken(TenderError):
    exit_code = 3


class TooLarge(PageBroken):
    pass


class SourceFailed(TenderError):
    exit_code = 3


class NotAllowed(SourceFailed):
    pass


class Undelivered(TenderError):
    """`doubt`: it may have arrived, for the line broke before an answer came. `owed`: receivers that have not got it,
    where some have; empty means all."""

    exit_code = 3

    def __init__(self, message: str, doubt: bool = False, owed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.doubt = doubt
        self.owed = owed


class PageChanged(TenderError):
    exit_code = 4


class StoreUnusable(TenderError):
    exit_code = 10


class StoreLocked(TenderError):
    exit_code = 11
