"""From gaps to decisions: what is settled for a node, scenarios, corrective actions and what happened to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node_setting",
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("unit_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("period_id", sa.Integer, sa.ForeignKey("period.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("unit_id", "period_id", "name", name="uq_scenario_name"),
    )
    _actions()
    guards = POSTGRESQL_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS
    for statement in guards:
        op.execute(statement)


def _actions() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("unit_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("period_id", sa.Integer, sa.ForeignKey("period.id"), nullable=False),
        sa.Column("question_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("due_date", sa.Date),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("yen", sa.Integer, nullable=False),
        sa.Column("from_level", sa.Integer),
        sa.Column("to_level", sa.Integer),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.Column("promise", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_action_unit", "action", ["unit_id"])
    op.create_table(
        "action_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("action_id", sa.Integer, sa.ForeignKey("action.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_action_log_action", "action_log", ["action_id", "id"])


_OF_SAMPLE = """EXISTS (SELECT 1 FROM action JOIN node ON node.id = action.node_id
    WHERE action.id = OLD.action_id AND node.sample)"""

SQLITE_GUARDS = (
    """CREATE TRIGGER action_log_no_update BEFORE UPDATE ON action_log
    BEGIN SELECT RAISE(ABORT, 'action_log is append-only'); END""",
    f"""CREATE TRIGGER action_log_no_delete BEFORE DELETE ON action_log WHEN NOT {_OF_SAMPLE}
    BEGIN SELECT RAISE(ABORT, 'action_log is append-only'); END""",
)

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION action_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'action_log is append-only'; END $$""",
    f"""CREATE FUNCTION action_log_delete() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {_OF_SAMPLE} THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'action_log is append-only';
    END $$""",
    """CREATE TRIGGER action_log_no_update BEFORE UPDATE ON action_log
    FOR EACH ROW EXECUTE FUNCTION action_log_refuse()""",
    """CREATE TRIGGER action_log_no_delete BEFORE DELETE ON action_log
    FOR EACH ROW EXECUTE FUNCTION action_log_delete()""",
    """CREATE TRIGGER action_log_no_truncate BEFORE TRUNCATE ON action_log
    FOR EACH STATEMENT EXECUTE FUNCTION action_log_refuse()""",
)
