"""A whole organisation straight into the tables: many units over many quarters in seconds, answers as bytes only.

Nothing stands in the log: for pages and numbers that read the sheets, not for those that read what somebody wrote.
"""

from datetime import date

import numpy as np
from sqlalchemy import insert

from scoring.engine import months_before
from scoring.model import Checklist
from scoring.portfolio import BY_PROFILE, EPOCH, TO_RECONFIRM
from tenken.content import load_content
from tenken.quarters import quarter_of
from tenken.store import Store, schema

PER_COMPANY = 30
SUPPLIERS = 3
CHANGED = 0.1  # of all answers, from one quarter to the next
MARKS, MARK_SHARES = (0, TO_RECONFIRM, BY_PROFILE), (0.7, 0.2, 0.1)


def fill(store: Store, units: int, quarters: int, *, today: date | None = None, seed: int = 5) -> None:
    """A group of companies whose `units` departments report, three suppliers beside them; the last of the quarters is open. Level
    by level slightly better, unit by unit different; a twentieth open, few unknown or not applicable."""
    checklist, random = load_content().checklist, np.random.default_rng(seed)
    nodes = _nodes(units)
    company = np.array([question.scope == "company" for question in checklist.questions])
    asked = np.array([_asked(node, company) for node in nodes])
    good = np.clip(random.normal(2.2, 0.6, size=(len(nodes), 1)) + random.normal(0, 0.9, size=asked.shape), 0, 4)
    levels = _levels(random, good)
    first = quarter_of(months_before(today or date.today(), 3 * (quarters - 1))).start
    days = [quarter_of(months_before(first, -3 * number)) for number in range(quarters)]
    periods, sheets = [], []
    for number, quarter in enumerate(days):
        good = np.clip(good + 0.06, 0, 4)
        levels = np.where(random.random(asked.shape) < CHANGED, _levels(random, good), levels)
        periods.append({"id": number + 1, "node_id": 1, "start_date": quarter.start, "end_date": quarter.end, "fiscal_start": 4,
                        "state": "open" if number == quarters - 1 else "closed"})  # fmt: skip
        dated = np.where(random.random(asked.shape) < 0.6, (quarter.end - EPOCH).days - random.integers(0, 500, size=asked.shape), 0)
        marks = random.choice(MARKS, p=MARK_SHARES, size=asked.shape)
        stored = (np.where(asked, levels, -1).astype(np.int8), dated.astype("<i4"), marks.astype(np.uint8))
        sheets += [_sheet(checklist, node, number + 1, row) for node, row in zip(nodes, zip(*stored, strict=True), strict=True)]
    with store._write() as connection:
        for table, rows in ((schema.node, nodes), (schema.period, periods), (schema.sheet, sheets)):
            connection.execute(insert(table), rows)


def _nodes(units: int) -> list[dict[str, object]]:
    companies = max(1, units // PER_COMPANY)
    nodes = [_node(1, None, "group", "g", "見本グループ", "Example group")]
    nodes += [_node(10 + n, 1, "company", f"c{n}", f"第{n + 1}会社", f"Company {n + 1}") for n in range(companies)]
    for n in range(units):
        owners = '["it", "legal", "hr", "general_affairs", "business", "board"]' if n < companies else "[]"
        nodes.append(_node(1000 + n, 10 + n % companies, "department", f"d{n}", f"第{n + 1}部", f"Department {n + 1}") | {"owners": owners})
    return nodes + [
        _node(9000 + n, 1, "supplier", f"s{n}", f"委託先{n + 1}", f"Supplier {n + 1}") | {"weight": 0} for n in range(SUPPLIERS)
    ]


def _node(node_id: int, parent: int | None, kind: str, code: str, ja: str, en: str) -> dict[str, object]:
    return {"id": node_id, "parent_id": parent, "kind": kind, "code": code, "name_ja": ja, "name_en": en, "sample": False, "weight": 1,
            "reporting": kind in ("department", "supplier"), "owners": "[]"}  # fmt: skip


def _asked(node: dict[str, object], company: np.typing.NDArray[np.bool_]) -> np.typing.NDArray[np.bool_]:
    if node["kind"] == "supplier":
        return np.ones_like(company)
    return ~company if node["kind"] == "department" else company


def _levels(random: np.random.Generator, good: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.int8]:
    near = np.clip(np.rint(good + random.normal(0, 0.4, size=good.shape)), 0, 4)
    chance = random.random(good.shape)
    return np.select([chance < 0.05, chance < 0.07, chance < 0.1], [-1, -2, -3], near).astype(np.int8)


def _sheet(checklist: Checklist, node: dict[str, object], period: int, row: tuple[np.typing.NDArray[np.generic], ...]) -> dict[str, object]:
    levels, dated, marks = (part.tobytes() for part in row)
    return {"node_id": node["id"], "period_id": period, "checklist_id": checklist.id, "edition": checklist.edition, "version": 1,
            "content_hash": checklist.content_hash, "profile": "{}", "state": "draft", "levels": levels, "dated": dated, "marks": marks}  # fmt: skip
