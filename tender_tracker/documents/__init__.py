"""Bytes of an attachment → the passages that can be read in it, and the name of everything that cannot.

`read` is for files of our own making; what came from elsewhere is read by `apart.read_apart`, in a process that may
neither write nor outgrow its bounds.
"""

from tender_tracker.documents.read import read
from tender_tracker.documents.reading import Passage, Reading, Unread

__all__ = ["Passage", "Reading", "Unread", "read"]
