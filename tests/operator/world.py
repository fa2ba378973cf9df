"""The rest of the world of an operator's machine: a mail server, an SMS service, a provider.

`python -m tests.operator.world FOLDER` serves until it ends: mails and SMS become files of FOLDER.
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from provider_simulators.server import create_simulators
from tests.fake_internet import write_certificate
from tests.operator.machine import EXTERNAL

SMS_HOST, MAIL_HOST = "api.twilio.com", "mail.label.example"
# By host, as the simulators have their paths: /<provider>/<host>/<path>.
PROVIDERS = {
    "accounts.google.com": "youtube",
    "oauth2.googleapis.com": "youtube",
    "www.googleapis.com": "youtube",
    "youtubeanalytics.googleapis.com": "youtube",
}
HOSTS = (SMS_HOST, MAIL_HOST, *PROVIDERS)
CLIENT = {"client_id": "arti-local", "client_secret": "not-a-secret-of-a-real-provider"}


def _sms_service(folder: Path) -> Starlette:
    numbers = count(1)

    async def send(request: Request) -> JSONResponse:
        form = parse_qs((await request.body()).decode())
        number = next(numbers)
        sent = {name: values[0] for name, values in form.items()}
        (folder / f"sms-{number}.json").write_text(json.dumps(sent))
        return JSONResponse({"sid": f"SM{number}", "status": "queued"}, status_code=201)

    async def show_account(request: Request) -> JSONResponse:
        return JSONResponse({"sid": request.path_params["sid"], "status": "active"})

    accounts = "/2010-04-01/Accounts/{sid}"
    return Starlette(
        routes=[
            Route(f"{accounts}/Messages.json", send, methods=["POST"]),
            Route(f"{accounts}.json", show_account),
        ]
    )


def _by_host(sms: ASGIApp, simulators: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = dict(scope["headers"]).get(b"host", b"").decode().partition(":")[0]
        if host == SMS_HOST:
            await sms(scope, receive, send)
        else:
            path = f"/{PROVIDERS.get(host, 'unknown')}/{host}{scope['path']}"
            await simulators({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return answer


async def _serve_mail(folder: Path, context: ssl.SSLContext) -> None:
    numbers = count(1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.label.example\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line.startswith("EHLO"):
                writer.write(b"250-mail.label.example\r\n250 AUTH PLAIN\r\n")
            elif line.startswith("AUTH"):
                writer.write(b"235 welcome\r\n")
            elif line.startswith("DATA"):
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
                mail = message_from_bytes(raw, policy=policy.default)
                body = mail.get_body(("plain",))
                kept = {"to": mail["to"], "subject": mail["subject"], "text": body.get_content() if body else ""}
                (folder / f"mail-{next(numbers)}.json").write_text(json.dumps(kept))
                writer.write(b"250 kept\r\n")
            elif line.startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()

    await asyncio.start_server(serve, EXTERNAL, 465, ssl=context)


async def serve_world(folder: Path) -> None:
    """Serve mail on 465, SMS and the providers on 443, with one certificate: FOLDER/certificate.pem."""
    certificate = write_certificate(folder, HOSTS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    await _serve_mail(folder, context)
    config = uvicorn.Config(
        _by_host(_sms_service(folder), create_simulators()),
        host=EXTERNAL,
        port=443,
        ssl_certfile=str(certificate),
        ssl_keyfile=str(certificate),
        log_config=None,
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(serve_world(Path(sys.argv[1])))
