"""A small OpenAI-compatible server on this machine whose answers a test defines, and which records every prompt."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from arti.settings import Settings

USAGE = {"prompt_tokens": 500, "completion_tokens": 40, "total_tokens": 540}
# Takes the messages of a request, gives the text of the answer.
Behaviour = Callable[[list[dict[str, str]]], str]


@dataclass
class FakeOpenAI:
    behave: Behaviour
    prompts: list[list[dict[str, str]]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def configure(self, settings: Settings, **more: Any) -> Settings:
        return settings.model_copy(update={"openai_base_url": self.url, "openai_model": "stub-1", **more})

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("/embeddings"):
            self.embedded += body["input"]
            vectors = [[float(len(text) % 7 + 1), 1.0] + [0.5] * (body["dimensions"] - 2) for text in body["input"]]
            data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
            return {
                "object": "list",
                "model": body["model"],
                "data": data,
                "usage": {"prompt_tokens": 1, "total_tokens": 1},
            }
        assert "tools" not in body
        assert body["response_format"]["json_schema"]["strict"] is True
        self.prompts.append(body["messages"])
        message = {"role": "assistant", "content": self.behave(body["messages"])}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
            "usage": USAGE,
        }


@contextmanager
def run_fake_openai(behave: Behaviour) -> Iterator[FakeOpenAI]:
    model = FakeOpenAI(behave)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            payload = json.dumps(model.answer(self.path, body)).encode()
            self.send_response(model.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def choosing(title: str, clauses: list[str]) -> Behaviour:
    """Return the behaviour of a model with a constant choice."""
    return lambda _: json.dumps({"title": title, "clauses": clauses})
