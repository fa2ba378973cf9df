"""The API as a process of a benchmark, and tokens that it accepts."""

import base64
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from throwaway_server import free_port

from arti_core import clock
from local_stack import postgres

CHECKOUT = Path(__file__).resolve().parents[1]
ISSUER = "http://127.0.0.1:8000/auth/v1"
# The same for all processes of a benchmark: what one has sealed another opens.
_MASTER_KEY, _WEBHOOK_SECRET = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))


def api_settings(cluster: postgres.Cluster, key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the environment of the API and of workers on this database."""
    public = orjson.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return {
        "DATABASE_URL": cluster.dsn("arti_api"),
        "CLAIMS_SIGNING_KEY": cluster.claims_key,
        "WORKER_DATABASE_URL": cluster.dsn("arti_worker"),
        "SUPABASE_JWKS": orjson.dumps({"keys": [{**public, "kid": "bench", "alg": "ES256", "use": "sig"}]}).decode(),
        "ARTI_MASTER_KEY": _MASTER_KEY,
        "ARTI_WEBHOOK_SECRET": f"whsec_{_WEBHOOK_SECRET}",
    }


@contextmanager
def running_api(
    cluster: postgres.Cluster, key: ec.EllipticCurvePrivateKey, *, watched: bool = True
) -> Iterator[tuple[int, int]]:
    """Run the API until the end of the block; yield its port and its process id.

    `watched`: with the statements that it runs beside calls to examine the platform, as in production.
    """
    port = free_port()
    environment = os.environ | api_settings(cluster, key)
    environment |= {"ARTI_API_PORT": str(port), "PYTHONPATH": str(CHECKOUT / "src")}
    quiet = "" if watched else "from arti.ops.monitoring import watch; watch.STEP_SECONDS = 1e6; "
    server = subprocess.Popen([sys.executable, "-c", f"{quiet}from arti.api import run; run()"], env=environment)
    try:
        wait_for_port(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120  # of a machine that has other work
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("A server of the benchmark did not start.")


def token_of(key: ec.EllipticCurvePrivateKey, user_id: UUID) -> str:
    """Return an access token of a person whose session has their own id."""
    claims = {
        "sub": str(user_id),
        "aud": "authenticated",
        "role": "authenticated",
        "email": "member@example.test",
        "iat": int(clock.timestamp()),
        "exp": int(clock.timestamp()) + 86_400,
        "iss": ISSUER,
        "session_id": str(user_id),
        "aal": "aal1",
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "bench"})
