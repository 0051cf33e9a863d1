"""The schema, as append-only steps: never change one that was released, add the next and raise storefile.SCHEMA.

docs/store.md explains every column.
"""

from __future__ import annotations

import json

from sqlite_utils import Database, Migrations

from tender_tracker.facts import buyer
from tender_tracker.facts.facts import facts
from tender_tracker.model import Verdict
from tender_tracker.storage import (
    bigrams,
    counts,
    delivered_tables,
    document_tables,
    figures,
    kept,
    linked,
    outbox,
    packing,
    passages,
    past_tables,
    projects,
    ruled,
    stated,
)
from tender_tracker.storage.moved import all_moved
from tender_tracker.storage.storefile import APPLICATION_ID

STEPS = Migrations("tenders")


def apply(db: Database) -> None:
    """All pending steps in one transaction: after a crash the store has the old schema or the new one."""
    with db.atomic():
        STEPS.apply(db)


@STEPS()
def m001_notices(db: Database) -> None:
    for statement in _NOTICES, _TEXTS, _LOTS, _EVIDENCE, _VERSIONS, _RUNS, _RUN_SOURCES, _REFUSALS, *_INDEXES:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@STEPS()
def m002_search(db: Database) -> None:
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii')"
    )
    quotes = "SELECT json_group_array(quote) FROM evidence WHERE evidence.notice_id = id"
    rows = db.execute(
        f"SELECT id, title, text, ({quotes}), compute OR level <> 'none' FROM notices JOIN texts ON notice_id = id"
    )
    for number, title, text, found, whole in rows.fetchall():
        words = bigrams.of_notice(title, text, json.loads(found), whole)
        db.execute("INSERT INTO search(rowid, tokens) VALUES (?, ?)", (number, words))
    db.execute("PRAGMA user_version = 2")


@STEPS()
def m003_figures(db: Database) -> None:
    """Quantities, delivered goods and the buyer's institution, for what is stored too."""
    for statement in _QUANTITIES, _DELIVERIES, "ALTER TABLE notices ADD COLUMN buyer_institution TEXT":
        db.execute(statement)
    known = db.execute("SELECT id, buyer, region FROM notices WHERE buyer_kind IN ('university', 'research')")
    for number, name, region in known.fetchall():
        institution = buyer.classify(name, region).institution
        db.execute("UPDATE notices SET buyer_institution = ? WHERE id = ?", (institution, number))
    about = "SELECT id, title, text, kind, level, compute FROM notices JOIN texts ON notice_id = id"
    for number, title, text, kind, level, compute in db.execute(f"{about} WHERE compute OR level <> 'none'").fetchall():
        printed = facts(title, text, kind, Verdict(level, bool(compute), "unstated"))
        for position, row in enumerate(figures.quantity_rows(printed.quantities)):
            marks = ", ".join("?" * (len(row) + 2))
            db.execute(f"INSERT INTO quantities VALUES ({marks})", (number, position, *row.values()))
    db.execute("PRAGMA user_version = 3")  # m027 fills the deliveries, in their present columns


@STEPS()
def m004_digests(db: Database) -> None:
    """What was told to whom, what rules decided anew, and what a digest asks, answered from small indexes."""
    for statement in _DIGESTS, _RELABELINGS, *_DIGEST_INDEXES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 4")


@STEPS()
def m005_past(db: Database) -> None:
    """What each run covered, what a site gave to ask again, pages that failed, calls of a day."""
    for statement in past_tables.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 5")


@STEPS()
def m006_divisions(db: Database) -> None:
    """Reports divide by kind of buyer and policy on imports, and all purchases of compute by what they demand."""
    for statement in ("DROP INDEX IF EXISTS flagged", *_DIVISION_INDEXES):
        db.execute(statement)
    db.execute("PRAGMA user_version = 6")


@STEPS()
def m007_reasons(db: Database) -> None:
    """Refused pages are counted by reason beside their source: only the first of them have a row of their own."""
    db.execute("ALTER TABLE run_sources ADD COLUMN reasons TEXT NOT NULL DEFAULT '{}'")
    counted = "SELECT run_id, source, reason, count(*) AS pages FROM refusals GROUP BY run_id, source, reason"
    told = f"SELECT run_id, source, json_group_object(reason, pages) FROM ({counted}) GROUP BY run_id, source"
    for run, source, reasons in db.execute(told).fetchall():
        db.execute("UPDATE run_sources SET reasons = ? WHERE run_id = ? AND source IS ?", (reasons, run, source))
    db.execute("PRAGMA user_version = 7")


@STEPS()
def m008_outbox(db: Database) -> None:
    """Digests on their way to their receivers."""
    db.execute(outbox.TABLE)
    db.execute("PRAGMA user_version = 8")


@STEPS()
def m009_projects(db: Database) -> None:
    """Which notices are one project; those that are stored are linked by the next run."""
    for statement in linked.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 9")


@STEPS()
def m010_causes(db: Database) -> None:
    """A version knows the run that replaced it, whether the notice or our reading of it changed, and its verdict."""
    for statement in _CAUSES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 10")


@STEPS()
def m011_counts(db: Database) -> None:
    """How much of each source and level is stored, without reading it all."""
    for statement in counts.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 11")


@STEPS()
def m012_deliveries(db: Database) -> None:
    """Delivered goods with their total, currency, supplier, chips and cards; m027 fills them."""
    db.execute("DROP TABLE deliveries")
    db.execute(delivered_tables.TABLE)
    db.execute("PRAGMA user_version = 12")


@STEPS()
def m013_documents(db: Database) -> None:
    """What became of attachments, what was read in them, and which of them a passage stands in."""
    for statement in document_tables.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 13")


@STEPS()
def m014_states(db: Database) -> None:
    """The state of projects after their corrections; those that are stored are stated by the next run."""
    for statement in stated.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 14")


@STEPS()
def m015_courses(db: Database) -> None:
    """Procurements of which a notice is flagged, one row each: what the market is told from."""
    for statement in (*projects.TABLES, projects.MARKED):
        db.execute(statement)
    projects.renew(db)
    db.execute("PRAGMA user_version = 15")


@STEPS()
def m016_packing(db: Database) -> None:
    """Texts that nobody looks at are packed from now on; those that are stored stay as they are."""
    db.execute(packing.TABLE)
    db.execute("PRAGMA user_version = 16")


@STEPS()
def m017_linked(db: Database) -> None:
    """Notices bear the number of their project where it has several: digests and reports group by it from an index."""
    for statement in _LINKED:
        db.execute(statement)
    db.execute("PRAGMA user_version = 17")


@STEPS()
def m018_content(db: Database) -> None:
    """A project is told anew whatever a notice of it says otherwise, in its lots too; and who won which chips."""
    for statement in projects.MARKED_BY_CONTENT:
        db.execute(statement)
    projects.renew(db)
    db.execute("PRAGMA user_version = 18")


@STEPS()
def m019_passages(db: Database) -> None:
    for statement in passages.TABLES:
        db.execute(statement)
    passages.index_all(db)
    all_moved(db)
    db.execute("PRAGMA user_version = 19")


@STEPS()
def m020_kept(db: Database) -> None:
    """What every report asks of all that is stored is kept; sums since January are read from an index alone."""
    for statement in (*kept.TABLES, *_SEEN):
        db.execute(statement)
    db.execute("PRAGMA user_version = 20")


@STEPS()
def m021_ocr(db: Database) -> None:
    db.execute(passages.SEEN)
    db.execute("PRAGMA user_version = 21")


@STEPS()
def m022_diet(db: Database) -> None:
    """All texts are packed; batches count and mark what is new; an index that no question used goes."""
    for statement in (packing.ENCODED, *_DIET):
        db.execute(statement)
    packing.renew(db.conn)
    db.execute("PRAGMA user_version = 22")


@STEPS()
def m023_names(db: Database) -> None:
    """A project's name that its notice's title begins with, as nine in ten do, is no longer stored twice."""
    for statement in _NAMES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 23")


@STEPS()
def m024_keys(db: Database) -> None:
    """Keys of the linker name the whole buyer; the next run links all notices anew, until then projects stand."""
    for statement in linked.KEYED_ANEW:
        db.execute(statement)
    db.execute("PRAGMA user_version = 24")


@STEPS()
def m025_ruled(db: Database) -> None:
    """Packs that decided and programs that wrote are known from now on; what stands in the store is of another one."""
    for statement in ruled.TABLES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 25")


@STEPS()
def m026_versions(db: Database) -> None:
    """What a notice said before it changed is packed as its text is."""
    packing.pack_versions(db.conn)
    db.execute("PRAGMA user_version = 26")


@STEPS()
def m027_attached_goods(db: Database) -> None:
    """Delivered goods that only an attachment prints, with its file and page."""
    delivered_tables.renew(db)
    db.execute("PRAGMA user_version = 27")


@STEPS()
def m028_pages(db: Database) -> None:
    """A checksum of the page a notice was read from: the same page read otherwise is no change of the notice."""
    db.execute("ALTER TABLE notices ADD COLUMN page_checksum INTEGER")
    db.execute("PRAGMA user_version = 28")


@STEPS()
def m029_corrected_budgets(db: Database) -> None:
    """The market knows budgets as corrections left them."""
    stated.tell_budgets(db)
    db.execute("PRAGMA user_version = 29")


@STEPS()
def m030_glance(db: Database) -> None:
    """What an HTML report asks of all that is stored is kept, too; attachments are counted, prices found, by index."""
    for statement in (*kept.AT_A_GLANCE, *_GLANCE):
        db.execute(statement)
    db.execute("PRAGMA user_version = 30")


_GLANCE = (
    "CREATE INDEX compute_attached ON notices (published_on, attachments) "
    "WHERE (compute OR level <> 'none') AND attachments <> '[]'",
    "CREATE INDEX quantities_price ON quantities (notice_id) WHERE kind = 'unit_price'",
    "CREATE INDEX deliveries_price ON deliveries (notice_id) WHERE unit_price IS NOT NULL AND cards IS NOT NULL",
    *projects.COVERED,
)


_DIET = (
    # A trigger on INSERT has SQLite keep a copy of every page that it touches: twice the cost of a new notice.
    "DROP TRIGGER IF EXISTS notice_unlinked",
    "DROP TRIGGER IF EXISTS count_insert",
    "DROP TRIGGER IF EXISTS kept_insert",
    "DROP INDEX IF EXISTS notices_deadline",
)


_CAUSES = (
    "ALTER TABLE versions ADD COLUMN run_id INTEGER REFERENCES runs(id)",
    "ALTER TABLE versions ADD COLUMN cause TEXT NOT NULL DEFAULT 'notice'",
    "ALTER TABLE versions ADD COLUMN verdict TEXT",
    # Of a reparse and a fetch that began in one second nobody can tell any more: then the notice is believed.
    "UPDATE versions SET run_id = (SELECT max(id) FROM runs WHERE started = seen_at)",
    "UPDATE versions SET cause = 'reading' WHERE seen_at IN (SELECT started FROM runs GROUP BY started "
    "HAVING min(command) = 'reparse' AND max(command) = 'reparse')",
)


_DIGESTS = """
CREATE TABLE digests (
    id INTEGER PRIMARY KEY,
    profile TEXT,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    told_at TEXT NOT NULL
)"""
_RELABELINGS = """
CREATE TABLE relabelings (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    at TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    pack TEXT NOT NULL
)"""
_FOLLOWS = "level = 'none' AND project_no IS NOT NULL AND kind IN ('amendment', 'award', 'contract', 'cancel')"
_DIGEST_INDEXES = (
    "CREATE INDEX relabelings_at ON relabelings (at)",
    "CREATE INDEX versions_seen_at ON versions (seen_at)",
    "CREATE INDEX flagged_first_seen ON notices (first_seen, level, kind, project_no, buyer) WHERE level <> 'none'",
    "CREATE INDEX flagged_deadline ON notices (deadline, first_seen) WHERE level <> 'none' AND deadline IS NOT NULL",
    "CREATE INDEX flagged_project ON notices (project_no, buyer, first_seen, level, kind) "
    "WHERE level <> 'none' AND project_no IS NOT NULL",
    "CREATE INDEX compute_first_seen ON notices (first_seen, level, import_policy) WHERE compute OR level <> 'none'",
    # Amendments, awards and cancellations seldom repeat the demand: they are found by their project.
    f"CREATE INDEX follows_first_seen ON notices (first_seen, project_no, buyer) WHERE {_FOLLOWS}",
    f"CREATE INDEX follows_project ON notices (project_no, first_seen) WHERE {_FOLLOWS}",
    f"CREATE INDEX follows_deadline ON notices (deadline, project_no) WHERE deadline IS NOT NULL AND {_FOLLOWS}",
)
_QUANTITIES = """
CREATE TABLE quantities (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value NUMERIC NOT NULL,
    unit TEXT NOT NULL,
    precision TEXT,
    noun TEXT,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    quote TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_DELIVERIES = """
CREATE TABLE deliveries (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    lot TEXT,
    name TEXT NOT NULL,
    brand TEXT,
    model TEXT,
    quantity NUMERIC,
    unit TEXT,
    unit_price NUMERIC,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    quote TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_NOTICES = """
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    url TEXT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    compute INTEGER NOT NULL,
    import_policy TEXT NOT NULL,
    families TEXT NOT NULL,
    published TEXT,
    published_has_time INTEGER NOT NULL,
    published_on TEXT,
    deadline TEXT,
    project_no TEXT,
    project_name TEXT,
    buyer TEXT,
    buyer_kind TEXT,
    buyer_tier TEXT,
    province TEXT,
    region TEXT,
    agency TEXT,
    budget_value NUMERIC,
    budget_currency TEXT,
    budget_basis TEXT,
    budget_raw TEXT,
    award_value NUMERIC,
    award_currency TEXT,
    award_basis TEXT,
    award_raw TEXT,
    suppliers TEXT NOT NULL,
    attachments TEXT NOT NULL,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    text_length INTEGER NOT NULL,
    pack TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    changed_at TEXT,
    read_at TEXT,
    read_from TEXT,
    run_id INTEGER REFERENCES runs(id),
    UNIQUE (source, source_id)
)"""
_TEXTS = """
CREATE TABLE texts (
    notice_id INTEGER PRIMARY KEY REFERENCES notices(id),
    text TEXT NOT NULL
)"""
_LOTS = """
CREATE TABLE lots (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT,
    level TEXT,
    budget_value NUMERIC,
    budget_currency TEXT,
    budget_basis TEXT,
    budget_raw TEXT,
    award_value NUMERIC,
    award_currency TEXT,
    award_basis TEXT,
    award_raw TEXT,
    suppliers TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_EVIDENCE = """
CREATE TABLE evidence (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    lot TEXT,
    rule TEXT NOT NULL,
    effect TEXT NOT NULL,
    basis TEXT,
    families TEXT NOT NULL,
    found_in TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    quote TEXT NOT NULL,
    cues TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_VERSIONS = """
CREATE TABLE versions (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    number INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    level TEXT NOT NULL,
    changed TEXT NOT NULL,
    notice TEXT NOT NULL,
    PRIMARY KEY (notice_id, number)
) WITHOUT ROWID"""
_RUNS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    exit_code INTEGER,
    pack TEXT
)"""
_RUN_SOURCES = """
CREATE TABLE run_sources (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    source TEXT,
    read INTEGER NOT NULL,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    lists INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    window_since TEXT,
    window_until TEXT,
    last_good TEXT,
    UNIQUE (source, run_id)
)"""
_REFUSALS = """
CREATE TABLE refusals (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    read_from TEXT NOT NULL,
    source TEXT,
    reason TEXT NOT NULL,
    message TEXT NOT NULL
)"""
_INDEXES = (
    # Answers reports on flagged notices from a few pages; used only when the query repeats `level <> 'none'`.
    "CREATE INDEX flagged ON notices (published_on, level, kind, source, families, buyer, buyer_tier, province, "
    "region, project_no, budget_value, budget_currency, award_value, award_currency) WHERE level <> 'none'",
    "CREATE INDEX notices_whole ON notices (id) WHERE compute OR level <> 'none'",
    "CREATE INDEX notices_published_on ON notices (published_on)",
    "CREATE INDEX notices_source ON notices (source, published_on)",
    "CREATE INDEX notices_first_seen ON notices (first_seen)",
    "CREATE INDEX notices_changed_at ON notices (changed_at) WHERE changed_at IS NOT NULL",
    "CREATE INDEX notices_deadline ON notices (deadline) WHERE deadline IS NOT NULL",
    "CREATE INDEX refusals_run ON refusals (run_id)",
)
_DIVIDED = (
    "published_on, level, kind, source, families, buyer, buyer_tier, buyer_kind, province, region, import_policy, "
    "project_no, budget_value, budget_currency, award_value, award_currency"
)
_DIVISION_INDEXES = (
    f"CREATE INDEX compute_published_on ON notices ({_DIVIDED}, compute) WHERE compute OR level <> 'none'",
    f"CREATE INDEX flagged ON notices ({_DIVIDED}) WHERE level <> 'none'",
)
_FOLLOWS_LINKED = (
    "level = 'none' AND linked_project IS NOT NULL AND kind IN ('amendment', 'award', 'contract', 'cancel')"
)
_LINKED = (
    "ALTER TABLE notices ADD COLUMN linked_project INTEGER",
    "UPDATE notices SET linked_project = l.project FROM project_links l "
    "WHERE l.notice_id = notices.id AND l.score IS NOT NULL",
    """
CREATE TRIGGER notice_linked AFTER UPDATE OF project, score ON project_links
WHEN OLD.project IS NOT NEW.project OR (OLD.score IS NULL) <> (NEW.score IS NULL) BEGIN
    UPDATE notices SET linked_project = iif(NEW.score IS NULL, NULL, NEW.project) WHERE id = NEW.notice_id;
END""",
    "CREATE INDEX flagged_linked ON notices (linked_project, first_seen, level, kind) "
    "WHERE level <> 'none' AND linked_project IS NOT NULL",
    f"CREATE INDEX follows_linked_first_seen ON notices (first_seen, linked_project) WHERE {_FOLLOWS_LINKED}",
    f"CREATE INDEX follows_linked ON notices (linked_project, first_seen) WHERE {_FOLLOWS_LINKED}",
    f"CREATE INDEX follows_linked_deadline ON notices (deadline, linked_project) "
    f"WHERE deadline IS NOT NULL AND {_FOLLOWS_LINKED}",
    "CREATE INDEX project_states_deadline ON project_states (deadline)",
    "DROP INDEX flagged",
    "DROP INDEX compute_published_on",
    f"CREATE INDEX compute_published_on ON notices ({_DIVIDED}, compute, linked_project) "
    "WHERE compute OR level <> 'none'",
    f"CREATE INDEX flagged ON notices ({_DIVIDED}, linked_project) WHERE level <> 'none'",
    "DROP INDEX flagged_first_seen",
    "CREATE INDEX flagged_first_seen ON notices (first_seen, level, kind, project_no, buyer, linked_project) "
    "WHERE level <> 'none'",
)
_SEEN = (
    "DROP INDEX flagged",
    f"CREATE INDEX flagged ON notices ({_DIVIDED}, linked_project, first_seen) WHERE level <> 'none'",
)
_NAMES = (
    "ALTER TABLE notices RENAME COLUMN project_name TO own_name",
    "ALTER TABLE notices ADD COLUMN name_length INTEGER",
    "ALTER TABLE notices ADD COLUMN project_name TEXT AS (coalesce(own_name, substr(title, 1, name_length)))",
    "UPDATE notices SET name_length = length(own_name), own_name = NULL "
    "WHERE substr(title, 1, length(own_name)) = own_name",
    # What these indexes held beside was looked up in the notice all the same, or of few notices only.
    "DROP INDEX follows_first_seen",
    "DROP INDEX follows_project",
    f"CREATE INDEX follows_first_seen ON notices (first_seen) WHERE {_FOLLOWS}",
    f"CREATE INDEX follows_project ON notices (project_no) WHERE {_FOLLOWS}",
)
