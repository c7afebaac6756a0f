"""A program of its own: a template and its data as JSON on standard input, the PDF on standard output.

It is started by pdf.py and knows nothing of Tenken. The compiler keeps some 200 MB of fonts and layouts for as long as its process
lives; here it ends with the file. Ends with NOT_DRAWN when the face is not there, or lacks a letter.
"""

import json
import sys

NOT_DRAWN = 3


def main() -> int:
    import typst

    asked = json.loads(sys.stdin.buffer.read())
    compiler = typst.Compiler(root=asked["root"], font_paths=asked["fonts"], ignore_system_fonts=True)
    try:
        made, warnings = compiler.compile_with_warnings(
            asked["template"], format="pdf", sys_inputs={"data": asked["data"]}, pdf_standards=asked["standards"]
        )
    except typst.TypstError as error:
        if "could not be displayed" in str(error):
            return NOT_DRAWN
        raise
    if any("unknown font family" in str(warning) for warning in warnings):
        return NOT_DRAWN
    assert isinstance(made, bytes)  # noqa: S101  a PDF is one piece
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
