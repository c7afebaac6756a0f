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
HEAD = "0001"

metadata = MetaData()

_ONE_COMPANY = text("kind = 'company' AND parent_id IS NULL")

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
    # At most one real and one sample company at the root, however many sessions create it at once.
    Index("ix_node_company", "sample", unique=True, sqlite_where=_ONE_COMPANY, postgresql_where=_ONE_COMPANY),
)

period = Table(
    "period",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("statistics_edition", Text),
    Column("matrix_edition", Text),
    UniqueConstraint("start_date", "end_date", name="uq_period_days"),
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
    # One int8 per question in checklist order (levels.py); always what the log says, as of `version`.
    Column("levels", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("profile", Text),
    UniqueConstraint("node_id", "period_id", "checklist_id", name="uq_sheet_place"),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
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
    Index("ix_answer_log_newest", "sheet_id", "question_id", "id"),
    sqlite_autoincrement=True,
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
