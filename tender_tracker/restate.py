"""Projects whose notices came or changed → their state after all corrections, stored for reports to find at once."""

from __future__ import annotations

from tender_tracker.amending.life import life
from tender_tracker.amending.state import Published, Words
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.judged import judged
from tender_tracker.model import Verdict
from tender_tracker.storage.store import Store

BATCH = 200
"""Projects per transaction."""


def restate(store: Store, pack: RulePack) -> int:
    """States every waiting project anew → how many were corrected or ended; `pack` decides corrected texts."""

    def decide(notice: Published, words: Words) -> Verdict:
        about = notice.kind, notice.country, notice.language
        return judged(notice.title, words.text, *about, pack, words.documents)

    states, done = store.states(), 0
    states.skip()
    while lives := [(project, life(notices, decide)) for project, notices in states.waiting(BATCH)]:
        states.save(lives)
        done += len(lives)
    return done
