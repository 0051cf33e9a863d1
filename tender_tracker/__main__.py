"""`python -m tender_tracker` is `tenders`."""

from tender_tracker.commands import main

main()
