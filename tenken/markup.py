"""Text that somebody wrote, made safe for places that Streamlit reads as Markdown."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|$:<>~])")


def escaped(text: str) -> str:
    """`text` with every Markdown and Streamlit directive sign taken literally; line breaks become spaces."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
