"""Files that open with a password only: AES-256 in every format. Two lockings of one file differ, because salts are random."""

import io
import secrets
import zipfile
from datetime import datetime

from tenken.reports.pack import pack
from tenken.reports.passwords import Kind, allowed


def lock(content: bytes, kind: Kind, password: str) -> bytes:
    """`content` behind `password`; with an empty one, as it is. Raises ReportError: password_too_long, password_signs."""
    key = allowed(password, kind)
    if not key:
        return content
    if kind == "pdf":
        return _pdf(content, key)
    return _zip(content, key) if kind == "zip" else _office(content, key)


def _pdf(content: bytes, password: str) -> bytes:
    """PDF 2.0 encryption, revision 6. Reading, printing, copying text (screen readers need it) and remarks are allowed, changing
    pages is not; the key to that is thrown away. Tags, bookmarks and language stay, because the whole document is cloned."""
    from pypdf import PdfReader, PdfWriter  # imported when needed, like all of these: most reports are made without a password
    from pypdf.constants import UserAccessPermissions as May

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    may = May.all() & ~May.MODIFY & ~May.FILL_FORM_FIELDS & ~May.ASSEMBLE_DOC
    writer.encrypt(password, owner_password=secrets.token_urlsafe(32), algorithm="AES-256", permissions_flag=may)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _office(content: bytes, password: str) -> bytes:
    """Agile encryption (ECMA-376): what Excel and PowerPoint write since 2010."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def _zip(content: bytes, password: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        infos = [info for info in file.infolist() if not info.is_dir()]
        files = [(info.filename, file.read(info)) for info in infos]
    made = datetime(*infos[0].date_time) if infos else datetime(1980, 1, 1)
    return pack(files, made, password)
