import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerWith } from "@/testing/api";
import { subscribeToChanges, type RowChange } from "./realtime";
import { STORAGE_KEY } from "./supabase";

type Sent = { topic: string; event: string; payload: Record<string, unknown> };

class FakeSocket {
  static readonly OPEN = 1;
  static opened: FakeSocket[] = [];
  readyState = 0;
  sent: Sent[] = [];
  onopen = () => {};
  onclose = () => {};
  onmessage: (event: { data: string }) => void = () => {};
  constructor(readonly url: URL) {
    FakeSocket.opened.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Sent);
  }
  close() {
    this.readyState = 3;
    this.onclose();
  }
  accept() {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }
  receive(message: object) {
    this.onmessage({ data: JSON.stringify({ topic: "realtime:org-1", payload: {}, ref: null, ...message }) });
  }
  get events() {
    return this.sent.map((message) => message.event);
  }
}

const real = window.WebSocket;
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function signIn(token: string) {
  const session = { access_token: token, expires_at: Date.now() / 1000 + 3600 };
  window.localStorage.setItem(STORAGE_KEY, JSON.stringify(session));
}

beforeEach(() => {
  vi.useFakeTimers();
  window.WebSocket = FakeSocket as unknown as typeof WebSocket;
  FakeSocket.opened = [];
  answerWith(() => ({ body: {} }));
  signIn("first");
});

afterEach(() => {
  vi.useRealTimers();
  window.WebSocket = real;
  window.localStorage.removeItem(STORAGE_KEY);
});

async function subscribe(onChange: (change: RowChange) => void = () => {}) {
  const end = subscribeToChanges("1", ["insights"], onChange);
  await later(0);
  const socket = FakeSocket.opened[0];
  if (!socket) throw new Error("no socket was opened");
  socket.accept();
  await later(0);
  return { end, socket };
}

test("the rows of one org are asked for, and their changes passed on", async () => {
  const changes: RowChange[] = [];
  const { end, socket } = await subscribe((change) => changes.push(change));
  expect(socket.url.searchParams.get("apikey")).toBe("key");
  expect(socket.sent[0]).toMatchObject({
    event: "phx_join",
    payload: { access_token: "first", config: { postgres_changes: [{ table: "insights", filter: "org_id=eq.1" }] } },
  });
  const change = { table: "insights", type: "INSERT", record: { id: "2" } };
  socket.receive({ event: "postgres_changes", payload: { data: change } });
  expect(changes).toEqual([change]);
  end();
  expect(socket.events.at(-1)).toBe("phx_leave");
  await later(60_000);
  expect(FakeSocket.opened).toHaveLength(1);
});

test("a refreshed token is sent with a heartbeat", async () => {
  const { end, socket } = await subscribe();
  signIn("second");
  await later(25_000);
  expect(socket.events).toEqual(["phx_join", "heartbeat", "access_token"]);
  socket.receive({ topic: "phoenix", event: "phx_reply" });
  await later(25_000);
  expect(socket.events).toEqual(["phx_join", "heartbeat", "access_token", "heartbeat"]);
  end();
});

test("a connection whose heartbeat is not answered, or whose join is refused, is opened again", async () => {
  const { end, socket } = await subscribe();
  await later(50_000);
  expect(socket.readyState).toBe(3);
  await later(1000);
  const second = FakeSocket.opened[1];
  second?.accept();
  second?.receive({ event: "phx_reply", payload: { status: "error" } });
  await later(2000);
  expect(FakeSocket.opened).toHaveLength(3);
  end();
});
