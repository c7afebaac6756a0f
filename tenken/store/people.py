"""People by the names they gave, what they may do where, and the files that they brought as evidence."""

from collections.abc import Callable, Collection

from sqlalchemy import Connection, delete, insert, select

from tenken.errors import NotFound
from tenken.store import schema, trail
from tenken.store.database import Database, insert_missing
from tenken.store.units import unit
from tenken.store.values import KeptFile, Person, Role


class People(Database):
    """Who is here."""

    def people(self) -> tuple[str, ...]:
        """The names of everybody who wrote something or was given a role, in the order of their first time."""
        with self._read() as connection:
            return tuple(connection.execute(select(schema.person.c.name).order_by(schema.person.c.id)).scalars())

    def persons(self, root_id: int) -> tuple[Person, ...]:
        """Everybody with a role in the organisation of this root, by name."""
        with self._read() as connection:
            return _persons(connection, unit(connection, root_id).sample)

    def put_person(
        self,
        root_id: int,
        name: str,
        roles: Collection[tuple[Role, int]],
        *,
        person: str,
        check: Callable[[tuple[Person, ...]], None] = lambda persons: None,
    ) -> Person:
        """Gives somebody these roles in the organisation, and no others; none takes them all away. Raises NotFound('unit'), and
        what `check` raises for everybody as they are then: nothing has changed in that case."""
        with self._write() as connection:
            of = unit(connection, root_id).sample
            author = self._author(connection, name)
            for _, node_id in roles:
                unit(connection, node_id)
            ours = select(schema.node.c.id).where(schema.node.c.sample == of)
            connection.execute(delete(schema.role).where(schema.role.c.person_id == author.id, schema.role.c.node_id.in_(ours)))
            given = sorted(set(roles))
            if given:
                connection.execute(insert(schema.role), [{"person_id": author.id, "role": role, "node_id": node} for role, node in given])
            check(_persons(connection, of))
            said = {"person": author.id, "roles": [list(role) for role in given]}
            trail.append(connection, root_id, "roles", said, self._author(connection, person))
            return Person(author.id, name, tuple(given))

    # --- evidence ----------------------------------------------------------------------------------------------------

    def keep_evidence(self, root_id: int, file: KeptFile, *, person: str) -> KeptFile:
        """Remembers a file that lies on the disk already. A token is given once."""
        with self._write() as connection:
            author = self._author(connection, person)
            added = insert_missing(
                connection, schema.evidence, token=file.token, node_id=root_id, sha256=file.sha256, name=file.name,
                media_type=file.media_type, size=file.size, person_id=author.id, at=author.stamp,
            )  # fmt: skip
            if added:
                said = {"sha256": file.sha256, "size": file.size, "row": trail.file_digest(file)}
                trail.append(connection, root_id, "evidence", said, author)
        return file

    def evidence(self, token: str, root_id: int) -> KeptFile:
        """A file of this organisation. Raises NotFound('evidence')."""
        columns = (schema.evidence.c[name] for name in ("token", "sha256", "name", "media_type", "size"))
        with self._read() as connection:
            wanted = select(*columns).where(schema.evidence.c.token == token, schema.evidence.c.node_id == root_id)
            found = connection.execute(wanted).one_or_none()
        if found is None:
            raise NotFound("evidence")
        return KeptFile(*found)

    def evidence_hashes(self) -> frozenset[str]:
        """SHA-256 of every file that should lie on the disk."""
        with self._read() as connection:
            return frozenset(connection.execute(select(schema.evidence.c.sha256)).scalars())


def _persons(connection: Connection, sample: bool) -> tuple[Person, ...]:
    wanted = (
        select(schema.person.c.id, schema.person.c.name, schema.role.c.role, schema.role.c.node_id)
        .join_from(schema.role, schema.person)
        .join(schema.node, schema.node.c.id == schema.role.c.node_id)
        .where(schema.node.c.sample == sample)
        .order_by(schema.person.c.name, schema.role.c.role, schema.role.c.node_id)
    )
    found: dict[int, Person] = {}
    for row in connection.execute(wanted):
        before = found.get(row.id, Person(row.id, row.name))
        found[row.id] = Person(row.id, row.name, (*before.roles, (row.role, row.node_id)))
    return tuple(found.values())
