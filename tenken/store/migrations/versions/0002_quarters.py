"""Quarters of an organisation: a tree of units with its past, pinned content, the life of a sheet, evidence, the chain."""

from datetime import UTC, datetime
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from tenken.store.trail import START, canonical, covering, line_hash

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _units()
    _content()
    _periods()
    _sheets()
    _people()
    _trail()
    guards = POSTGRESQL_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS
    for statement in guards:
        op.execute(statement)
    _adopt()


def _units() -> None:
    op.drop_index("ix_node_company", table_name="node")
    op.add_column("node", sa.Column("code", sa.Text, nullable=False, server_default=""))
    op.add_column("node", sa.Column("headcount", sa.Integer))
    op.add_column("node", sa.Column("owners", sa.Text, nullable=False, server_default="[]"))
    op.execute("UPDATE node SET code = 'unit-' || id")
    root = sa.text("parent_id IS NULL")
    op.create_index("ix_node_root", "node", ["sample"], unique=True, sqlite_where=root, postgresql_where=root)
    op.create_index("ix_node_code", "node", ["sample", "code"], unique=True)
    op.create_table(
        "node_past",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("node.id")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name_ja", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("reporting", sa.Boolean, nullable=False),
        sa.Column("weight", sa.Integer, nullable=False),
        sa.Column("headcount", sa.Integer),
        sa.Column("owners", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date, nullable=False),
    )


def _content() -> None:
    op.create_table(
        "content",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
    )


def _periods() -> None:
    """A quarter belongs to one organisation from now on: one that the company and the sample shared becomes two."""
    with op.batch_alter_table("period") as period:
        period.drop_constraint("uq_period_days", type_="unique")
        period.drop_column("statistics_edition")
        period.drop_column("matrix_edition")
        period.add_column(sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id", name="fk_period_node")))
        period.add_column(sa.Column("due_date", sa.Date))
        period.add_column(sa.Column("fiscal_start", sa.Integer, nullable=False, server_default="4"))
        for name in ("checklist_hash", "statistics_hash", "matrix_hash"):
            period.add_column(sa.Column(name, sa.Text, sa.ForeignKey("content.hash", name=f"fk_period_{name}")))
        period.add_column(sa.Column("tree", sa.Text))
    bind = op.get_bind()
    roots = bind.execute(sa.text("SELECT id, sample FROM node WHERE parent_id IS NULL ORDER BY sample")).all()
    for row in bind.execute(sa.text("SELECT id, start_date, end_date, state FROM period ORDER BY id")).all():
        for number, (root, sample) in enumerate(roots):
            period_id = row.id
            if number:
                added = "INSERT INTO period (start_date, end_date, state, node_id) VALUES (:start, :end, :state, :root) RETURNING id"
                given = {"start": row.start_date, "end": row.end_date, "state": row.state, "root": root}
                period_id = bind.execute(sa.text(added), given).scalar_one()
                moved = (
                    "UPDATE sheet SET period_id = :new WHERE period_id = :old AND node_id IN (SELECT id FROM node WHERE sample = :sample)"
                )
                bind.execute(sa.text(moved), {"new": period_id, "old": row.id, "sample": sample})
            else:
                bind.execute(sa.text("UPDATE period SET node_id = :root WHERE id = :id"), {"root": root, "id": row.id})
    op.execute("DELETE FROM period WHERE node_id IS NULL")
    with op.batch_alter_table("period") as period:
        period.alter_column("node_id", existing_type=sa.Integer, nullable=False)
        period.create_unique_constraint("uq_period_days", ["node_id", "start_date", "end_date"])


def _sheets() -> None:
    """`dated` and `marks` follow from the log when the sheet is next looked at: an empty hash is no content's."""
    op.add_column("sheet", sa.Column("dated", sa.LargeBinary, nullable=False, server_default=""))
    op.add_column("sheet", sa.Column("marks", sa.LargeBinary, nullable=False, server_default=""))
    op.add_column("sheet", sa.Column("state", sa.Text, nullable=False, server_default="draft"))
    op.execute("UPDATE sheet SET content_hash = ''")
    op.add_column("answer_log", sa.Column("evidence_file", sa.Text))
    op.add_column("answer_log", sa.Column("since", sa.Text))
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sheet_id", sa.Integer, sa.ForeignKey("sheet.id"), unique=True),
        sa.Column("period_id", sa.Integer, sa.ForeignKey("period.id"), unique=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "role",
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
    )
    op.create_table(
        "evidence",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("node_id", sa.Integer, sa.ForeignKey("node.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("sheet_id", sa.Integer),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("ix_trail_sheet", "trail", ["sheet_id", "seq"])


def _adopt() -> None:
    """Every chain begins with the answers from before there were chains: one line a sheet, in the order of the sheets."""
    bind, at = op.get_bind(), datetime.now(UTC).isoformat(timespec="microseconds")
    wanted = """SELECT answer_log.*, period.node_id AS root, sheet.node_id AS unit, sheet.period_id AS period FROM answer_log
        JOIN sheet ON sheet.id = answer_log.sheet_id JOIN period ON period.id = sheet.period_id
        ORDER BY period.node_id, answer_log.sheet_id, answer_log.id"""
    rows = bind.execute(sa.text(wanted)).mappings().all()
    if not rows:
        return
    nobody = bind.execute(sa.text("SELECT id FROM person WHERE name = ''")).scalar()
    if nobody is None:
        nobody = bind.execute(sa.text("INSERT INTO person (name) VALUES ('') RETURNING id")).scalar_one()
    for root, of_root in groupby(rows, lambda row: row["root"]):
        before = START
        for seq, (sheet, group) in enumerate(groupby(of_root, lambda row: row["sheet_id"]), 1):
            theirs = [dict(row) for row in group]
            said = canonical(covering(theirs, theirs[0]["unit"], theirs[0]["period"])).decode()
            line = {
                "node_id": root, "seq": seq, "sheet_id": sheet, "action": "adopted", "payload": said,
                "person_id": nobody, "identity": "declared", "at": at,
            }  # fmt: skip
            before = line["hash"] = line_hash(before, line)
            names = ", ".join(line)
            bind.execute(sa.text(f"INSERT INTO trail ({names}) VALUES (:{', :'.join(line)})"), line)  # noqa: S608 (names of columns)


_OF_SAMPLE = "EXISTS (SELECT 1 FROM node WHERE node.id = OLD.node_id AND node.sample)"

SQLITE_GUARDS = (
    """CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END""",
    f"""CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail WHEN NOT {_OF_SAMPLE}
    BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END""",
)

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'trail is append-only'; END $$""",
    f"""CREATE FUNCTION trail_delete() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {_OF_SAMPLE} THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'trail is append-only';
    END $$""",
    """CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail
    FOR EACH ROW EXECUTE FUNCTION trail_refuse()""",
    """CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail
    FOR EACH ROW EXECUTE FUNCTION trail_delete()""",
    """CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()""",
)
