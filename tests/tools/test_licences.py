"""A dependency whose licence is unknown or not allowed is named."""

import pytest

from tools.licences import NEVER_INSTALLED, PAGE, find_licence, render_page
from tools.locked_packages import LockedPackage, list_locked_packages


def _npm(licence: str) -> LockedPackage:
    return LockedPackage("npm", "thing", "1.0.0", True, licence)


@pytest.mark.parametrize("licence", ["MIT", "(MIT OR CC0-1.0)", "MIT AND ISC", "GPL-3.0-only OR MIT", "MPL-2.0"])
def test_an_allowed_licence_is_returned_as_stated(licence: str) -> None:
    assert find_licence(_npm(licence)) == licence


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "MIT AND AGPL-3.0-only", "SEE LICENSE IN x", "UNLICENSED"])
def test_another_licence_is_refused(licence: str) -> None:
    with pytest.raises(ValueError, match=r"thing 1\.0\.0"):
        find_licence(_npm(licence))


def test_a_python_package_without_metadata_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        find_licence(LockedPackage("PyPI", "no-such-package", "1.0", True))


def test_the_page_names_every_locked_package() -> None:
    page = render_page()
    assert page == PAGE.read_text()
    locked = [package for package in list_locked_packages() if package.name not in NEVER_INSTALLED]
    assert not [package for package in locked if f"{package.name} {package.version}" not in page]
    assert all(name in page for name in NEVER_INSTALLED)
