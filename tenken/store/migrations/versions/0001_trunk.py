"""The first tables: units, quarters, sheets, the answer log and its guards."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _organisation()
    _sheets()
    _answer_log()
    op.create_table(
        "setting",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    for statement in POSTGRESQL_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS:
        op.execute(statement)


def _organisation() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("node.id")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name_ja", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("reporting", sa.Boolean, nullable=False),
        sa.Column("sample", sa.Boolean, nullable=False),
        sa.Column("weight", sa.Integer, nullable=False, server_default="1"),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
    )
    root = sa.text("kind = 'company' AND parent_id IS NULL")
    op.create_index("ix_node_company", "node", ["sample"], unique=True, sqlite_where=root, postgresql_where=root)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )


def _sheets() -> None:
    op.create_table(
        "period",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("start_date", sa.Date, nullable=False),
        sa.Column("end_date", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("statistics_edition", sa.Text),
        sa.Column("matrix_edition", sa.Text),
        sa.UniqueConstraint("start_date", "end_date", name="uq_period_days"),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("period_id", sa.Integer, sa.ForeignKey("period.id"), nullable=False),
        sa.Column("checklist_id", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("levels", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("profile", sa.Text),
        sa.UniqueConstraint("node_id", "period_id", "checklist_id", name="uq_sheet_place"),
    )


def _answer_log() -> None:
    op.create_table(
        "answer_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sheet_id", sa.Integer, sa.ForeignKey("sheet.id"), nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("evidence_link", sa.Text),
        sa.Column("evidence_dated", sa.Date),
        sa.Column("by_profile", sa.Boolean, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("identity", sa.Text, nullable=False, server_default="declared"),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_log_newest", "answer_log", ["sheet_id", "question_id", "id"])


_OF_SAMPLE = """EXISTS (
    SELECT 1 FROM sheet JOIN node ON node.id = sheet.node_id WHERE sheet.id = OLD.sheet_id AND node.sample
)"""

SQLITE_GUARDS = (
    """CREATE TRIGGER answer_log_no_update BEFORE UPDATE ON answer_log
    BEGIN SELECT RAISE(ABORT, 'answer_log is append-only'); END""",
    f"""CREATE TRIGGER answer_log_no_delete BEFORE DELETE ON answer_log WHEN NOT {_OF_SAMPLE}
    BEGIN SELECT RAISE(ABORT, 'answer_log is append-only'); END""",
)

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION answer_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'answer_log is append-only'; END $$""",
    f"""CREATE FUNCTION answer_log_delete() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {_OF_SAMPLE} THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'answer_log is append-only';
    END $$""",
    """CREATE TRIGGER answer_log_no_update BEFORE UPDATE ON answer_log
    FOR EACH ROW EXECUTE FUNCTION answer_log_refuse()""",
    """CREATE TRIGGER answer_log_no_delete BEFORE DELETE ON answer_log
    FOR EACH ROW EXECUTE FUNCTION answer_log_delete()""",
    """CREATE TRIGGER answer_log_no_truncate BEFORE TRUNCATE ON answer_log
    FOR EACH STATEMENT EXECUTE FUNCTION answer_log_refuse()""",
)
