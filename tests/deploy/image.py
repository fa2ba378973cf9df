"""The image of deploy/containers, built by buildah: with no daemon, no registry, and a base that is made here."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_stack.data_directory import CHECKOUT

PROGRAMS = ("buildah", "mmdebstrap", "systemd-nspawn", "ip", "nsenter")
NAME, _BASE = "localhost/arti:latest", "localhost/debian:12-slim"
_DEBIAN = CHECKOUT / ".arti" / "image" / "debian12-slim.tar"
# As the slim images of Debian leave them out.
_SLIM = ("doc", "groff", "info", "linda", "lintian", "locale", "man")
# What stands about in checkouts, and may be in no image.
_PRIVATE = (
    *(".env", ".arti/data/secrets.json", ".git/config", "backup.dump", "deploy/containers/.env", "web/.env.local"),
    *("web/node_modules/one/index.js", "tests/kept.json"),
)
_OWN_AUTHORITIES = Path("/usr/local/share/ca-certificates")
_ALL_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_IN_BUILD = "/mnt"  # which Debian has, so that no place for it is made


def missing_programs() -> list[str]:
    """Return what this machine lacks to build the image and to start its root."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return missing if os.geteuid() == 0 else [*missing, "root"]


@dataclass
class Image:
    """The built image: its file system, what it says about itself, the size of its base, what it must not hold."""

    root: Path
    config: dict[str, Any]
    base_bytes: int
    private: list[bytes]

    @property
    def environment(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.config["Env"])

    @property
    def user(self) -> str:
        """The name of the user that the image names by number."""
        return next(name for name, number in self._users() if number == self.config["User"])

    def _users(self) -> Iterator[tuple[str, str]]:
        for line in (self.root / "etc/passwd").read_text().splitlines():
            name, _, number = line.split(":")[:3]
            yield name, number

    def files(self) -> Iterator[Path]:
        """Yield every plain file."""
        for place, _, names in os.walk(self.root):
            for name in names:
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    yield path

    def measure(self, below: str = "") -> int:
        """Return the bytes of all files below a folder."""
        top = str(self.root / below)
        return sum(path.stat().st_size for path in self.files() if str(path).startswith(top))

    def snapshot(self) -> dict[str, tuple[int, int]]:
        """Return size and time of every file."""
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in self.files()}

    def largest(self, count: int) -> list[str]:
        """Return lines with what takes most: the packages of Python, and the folders of the base."""
        sums: dict[str, int] = {}
        for path in self.files():
            parts = path.relative_to(self.root).parts
            depth = next((place + 2 for place, part in enumerate(parts) if part == "site-packages"), 3)
            name = "/".join(parts[: min(depth, len(parts))])
            sums[name] = sums.get(name, 0) + path.stat().st_size
        largest = sorted(sums.items(), key=lambda entry: -entry[1])[:count]
        return [f"{size / 1e6:7.1f} MB  /{name}" for name, size in largest]


@dataclass
class Buildah:
    """buildah with a store of its own in `folder`, which needs no overlay file system."""

    folder: Path
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "buildah.log"

    def run(self, *words: str, seconds: float = 3600) -> str:
        """Run a command and return what it prints; all else is in the log."""
        store = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run"), "--storage-driver", "vfs"]
        with self.log.open("ab") as log:
            done = subprocess.run(
                ["buildah", *store, *words],
                env=os.environ | {"TMPDIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                timeout=seconds,
                check=False,
            )
            log.write(done.stdout)
        assert done.returncode == 0, f"buildah {words[0]}:\n{self.log.read_text(errors='replace')[-4000:]}"
        return done.stdout.decode().strip()

    def has(self, name: str) -> bool:
        return name in self.run("images", "--format", "{{.Name}}:{{.Tag}}").splitlines()


@contextmanager
def build_image(folder: Path) -> Iterator[Image]:
    """Build deploy/containers/Dockerfile of this checkout with all that is changed in it.

    What `folder` has of an earlier build is used again.
    """
    buildah = Buildah(folder)
    base = _make_base(buildah)
    private = folder / "private"
    if not buildah.has(NAME):
        private.write_text(secrets.token_hex(16))
        context = folder / "context"
        _copy_checkout(context, private.read_text())
        print(f"building the image; {buildah.log} shows it", flush=True)
        words = ["build", "--isolation", "chroot", "--layers=false", "--pull-never", "--build-arg", f"BASE={_BASE}"]
        file = str(context / "deploy" / "containers" / "Dockerfile")
        buildah.run(*words, *_trust(folder / "trust"), "--file", file, "--tag", NAME, str(context))
        shutil.rmtree(context)
    container = buildah.run("from", "--pull-never", NAME)
    try:
        config = json.loads(buildah.run("inspect", "--type", "image", NAME))["OCIv1"]["config"]
        root = Path(buildah.run("mount", container))
        yield Image(root, config, base, [private.read_bytes(), *_own_certificates()])
    finally:
        buildah.run("rm", container)


def _make_base(buildah: Buildah) -> int:
    """Import a small Debian 12, made once. Returns the bytes of its files."""
    if not _DEBIAN.exists():
        _DEBIAN.parent.mkdir(parents=True, exist_ok=True)
        draft = _DEBIAN.with_name("draft.tar")
        left_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _SLIM]
        words = ["mmdebstrap", "--variant=minbase", "--mode=root", *left_out, "bookworm", str(draft)]
        subprocess.run(words, check=True, capture_output=True)
        draft.replace(_DEBIAN)
    if not buildah.has(_BASE):
        container = buildah.run("from", "scratch")
        buildah.run("add", container, str(_DEBIAN), "/")
        buildah.run("commit", container, _BASE)
        buildah.run("rm", container)
    listed = subprocess.run(["tar", "-tvf", str(_DEBIAN)], capture_output=True, text=True, check=True).stdout
    return sum(int(line.split()[2]) for line in listed.splitlines() if line.startswith("-"))


def _copy_checkout(target: Path, private: str) -> None:
    """Copy what Git would, with changes, and put private files beside it."""
    shutil.rmtree(target, ignore_errors=True)
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    for name in _PRIVATE:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(f"SECRET={private}\n")
    # A checkout of somebody with a narrow umask.
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o077)


def _trust(folder: Path) -> Sequence[str]:
    """Return options that let pip and npm trust this machine's own authorities while the image is built."""
    if not any(_OWN_AUTHORITIES.glob("*.crt")):
        return []
    folder.mkdir(exist_ok=True)
    shutil.copy(_ALL_AUTHORITIES, folder / "all.crt")
    (folder / "pip.conf").write_text(f"[global]\ncert = {_IN_BUILD}/all.crt\n")
    (folder / "npmrc").write_text(f"cafile={_IN_BUILD}/all.crt\n")
    mounts = ((folder, _IN_BUILD), (folder / "pip.conf", "/etc/pip.conf"), (folder / "npmrc", "/root/.npmrc"))
    return [word for source, place in mounts for word in ("--volume", f"{source}:{place}:ro")]


def _own_certificates() -> list[bytes]:
    """Return a line of each certificate that this machine trusts besides Debian's."""
    return [file.read_bytes().split(b"\n")[3].strip() for file in _OWN_AUTHORITIES.glob("*.crt")]
