"""Spreadsheets by hand: numbers, texts, and days as a spreadsheet keeps them."""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, slots=True)
class FormattedCell:
    """A number, shown in a form of Excel: `0.0%`; `kind`: of the cell, like `e` for an error."""

    value: float | str | None
    form: str = "General"
    kind: str = ""
    formula: str = ""


Cell = str | int | float | date | FormattedCell | None
_EPOCH = date(1899, 12, 30)
_STARTS_1904 = '<workbookPr date1904="1"/>'
_HIDDEN = ' hidden="1"'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def make_workbook(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    merged: Sequence[str] = (),
    hidden: Collection[int] = (),
    starts_1904: bool = False,
) -> bytes:
    """Return an xlsx file with these sheets. `merged`: cells like A1:B2, `hidden`: rows from 1, of each sheet."""
    values = [value for rows in sheets.values() for cells in rows for value in cells]
    forms = [*dict.fromkeys(value.form for value in values if isinstance(value, FormattedCell))]
    numbered = list(enumerate(sheets, start=1))
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in numbered)
    targets = "".join(_relation(f"r{at}", "worksheet", f"worksheets/sheet{at}.xml") for at, _ in numbered)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(_relation("w", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"{_STARTS_1904 if starts_1904 else ''}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(targets + _relation("s", "styles", "styles.xml")),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{_formats(forms)}</numFmts><cellXfs><xf numFmtId="0"/>'
        f'<xf numFmtId="14"/>{"".join(f"<xf numFmtId={quoteattr(str(170 + at))}/>" for at in range(len(forms)))}'
        "</cellXfs></styleSheet>",
    }
    for at, name in numbered:
        rows = "".join(
            f'<row r="{row}"{_HIDDEN if row in hidden else ""}>'
            f"{''.join(_cell(value, row, column, forms) for column, value in enumerate(cells))}</row>"
            for row, cells in enumerate(sheets[name], start=1)
        )
        ranges = "".join(f"<mergeCell ref={quoteattr(each)}/>" for each in merged)
        tail = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{tail}</worksheet>'
        )
    return _pack(parts)


def make_open_document(rows: str) -> bytes:
    """Return an ods file with one sheet of these rows, in its XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _pack(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Sheet1">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def _formats(forms: Sequence[str]) -> str:
    return "".join(
        f"<numFmt numFmtId={quoteattr(str(170 + at))} formatCode={_attribute(form)}/>" for at, form in enumerate(forms)
    )


def _attribute(text: str) -> str:
    return f'"{escape(text, {chr(34): "&quot;"})}"'


def _pack(parts: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return packed.getvalue()


def _relations(inner: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _relation(id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'


def _cell(value: Cell, row: int, column: int, forms: Sequence[str]) -> str:
    place = f"{_column_name(column)}{row}"
    if value is None:
        return ""
    if isinstance(value, FormattedCell):
        kind = f" t={quoteattr(value.kind)}" if value.kind else ""
        formula = f"<f>{escape(value.formula)}</f>" if value.formula else ""
        number = "" if value.value is None else f"<v>{value.value}</v>"
        return f'<c r="{place}" s="{2 + forms.index(value.form)}"{kind}>{formula}{number}</c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - _EPOCH).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _column_name(column: int) -> str:
    """Return the letters of a column: A, B, ..., Z, AA, ..."""
    return (_column_name(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)
