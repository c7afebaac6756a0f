"""The tables, for SQLite and PostgreSQL alike. How they came to be is in migrations/; a test compares the two."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# The newest revision in migrations/versions: a database that is there already needs no look at Alembic.
HEAD = "0003"

metadata = MetaData()

_ROOT = text("parent_id IS NULL")

# A unit as it stands from `valid_from` on (always, without one); how it stood before is in node_past.
node = Table(
    "node",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", Integer, ForeignKey("node.id")),
    Column("kind", Text, nullable=False),
    Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("reporting", Boolean, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("weight", Integer, nullable=False, server_default="1"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("code", Text, nullable=False, server_default=""),
    Column("headcount", Integer),
    Column("owners", Text, nullable=False, server_default="[]"),
    # One real and one sample organisation, however many sessions create it at once.
    Index("ix_node_root", "sample", unique=True, sqlite_where=_ROOT, postgresql_where=_ROOT),
    Index("ix_node_code", "sample", "code", unique=True),
)

node_past = Table(
    "node_past",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("parent_id", Integer, ForeignKey("node.id")),
    Column("kind", Text, nullable=False),
    Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("reporting", Boolean, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("headcount", Integer),
    Column("owners", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date, nullable=False),
)

# The files of a checklist, of statistics or of a cause matrix, as a quarter was judged by them (zlib, JSON: name → text).
content = Table(
    "content",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("files", LargeBinary, nullable=False),
)

# A quarter of one organisation; `node_id` is its root. `tree`: its units as they were when the quarter was closed.
period = Table(
    "period",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("node_id", Integer, ForeignKey("node.id", name="fk_period_node"), nullable=False),
    Column("due_date", Date),
    Column("fiscal_start", Integer, nullable=False, server_default="4"),
    Column("checklist_hash", Text, ForeignKey("content.hash", name="fk_period_checklist_hash")),
    Column("statistics_hash", Text, ForeignKey("content.hash", name="fk_period_statistics_hash")),
    Column("matrix_hash", Text, ForeignKey("content.hash", name="fk_period_matrix_hash")),
    Column("tree", Text),
    UniqueConstraint("node_id", "start_date", "end_date", name="uq_period_days"),
)

sheet = Table(
    "sheet",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("period_id", Integer, ForeignKey("period.id"), nullable=False),
    Column("checklist_id", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    # In checklist order (levels.py), always what the log says, as of `version`: an int8 per question, …
    Column("levels", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("profile", Text),
    # … the day of its evidence (int32, days since 1970-01-01, 0 without), and what is to be said about it (uint8, bits).
    Column("dated", LargeBinary, nullable=False, server_default=""),
    Column("marks", LargeBinary, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="draft"),
    UniqueConstraint("node_id", "period_id", "checklist_id", name="uq_sheet_place"),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

role = Table(
    "role",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), primary_key=True),
)

# Append-only: triggers refuse UPDATE, and DELETE too unless the sheet belongs to a sample node.
answer_log = Table(
    "answer_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheet.id"), nullable=False),
    Column("question_id", Text, nullable=False),
    Column("choice", Text),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("evidence_link", Text),
    Column("evidence_dated", Date),
    Column("by_profile", Boolean, nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("identity", Text, nullable=False, server_default="declared"),
    Column("origin", Text, nullable=False),
    # UTC, ISO 8601. For people to read: the order of things is `id`.
    Column("at", Text, nullable=False),
    # The entry that an undo took back. No foreign key: it would scan the log for every row of a removed sample.
    Column("undoes", Integer),
    Column("evidence_file", Text),
    # When somebody last answered this, for an answer that was carried over from an earlier quarter.
    Column("since", Text),
    Index("ix_answer_log_newest", "sheet_id", "question_id", "id"),
    sqlite_autoincrement=True,
)

# A file that proves something; the file itself lies under its hash beside the database.
evidence = Table(
    "evidence",
    metadata,
    Column("token", Text, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("at", Text, nullable=False),
)

# What a sheet or a whole quarter said when it was sealed (canonical JSON), and its SHA-256.
seal = Table(
    "seal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheet.id"), unique=True),
    Column("period_id", Integer, ForeignKey("period.id"), unique=True),
    Column("document", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

# The audit log of one organisation, a hash chain (trail.py). Append-only like answer_log.
trail = Table(
    "trail",
    metadata,
    Column("node_id", Integer, ForeignKey("node.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("sheet_id", Integer),
    Column("action", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_trail_sheet", "sheet_id", "seq"),
)

# What was settled for one node and is no answer: targets, efforts, a day rate, assumptions (JSON). `version` grows with every change.
node_setting = Table(
    "node_setting",
    metadata,
    Column("node_id", Integer, ForeignKey("node.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

# Answers changed on a copy (JSON), of one node in one quarter; `node_id` is the organisation's root, `unit_id` the node looked at.
scenario = Table(
    "scenario",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("unit_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("period_id", Integer, ForeignKey("period.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("unit_id", "period_id", "name", name="uq_scenario_name"),
)

# One corrective action (是正): what is to be done where by whom until when. `period_id`: the quarter in which it was decided.
# `promise`: what it was to bring when it was decided, by the figures of that quarter (JSON).
action = Table(
    "action",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("unit_id", Integer, ForeignKey("node.id"), nullable=False),
    Column("period_id", Integer, ForeignKey("period.id"), nullable=False),
    Column("question_id", Text),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_date", Date),
    Column("half_days", Integer, nullable=False),
    Column("yen", Integer, nullable=False),
    Column("from_level", Integer),
    Column("to_level", Integer),
    Column("status", Text, nullable=False),
    Column("links", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_action_unit", "unit_id"),
)

# What happened to an action, comments too. Append-only like answer_log; each line stands in the trail by its digest.
action_log = Table(
    "action_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action_id", Integer, ForeignKey("action.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("ix_action_log_action", "action_id", "id"),
    sqlite_autoincrement=True,
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
