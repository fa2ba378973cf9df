import { vi } from "vitest";

export type Answer = { status?: number; body?: unknown };
type Handler = (path: string, request: Request) => Answer | Promise<Answer>;

const CONFIG = { apiUrl: "http://api.test", supabaseUrl: "http://auth.test", supabaseKey: "key", mode: "test" };
let handler: Handler = () => ({ status: 404, body: { error: "not_found", message: "There is no such thing." } });

/** Respond to every request of the test with `next`, which gets the path. */
export function answerWith(next: Handler): void {
  handler = next;
}

/** A response that never arrives. */
export const never = () => new Promise<Answer>(() => undefined);

export const emptyPage: Answer = { body: { items: [], next_cursor: null } };

// The client keeps the `fetch` of its creation, so this one stays for the whole file and only its handler changes.
vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
  const request = typeof input === "string" ? new Request(new URL(input, "http://web.test"), init) : input;
  const path = new URL(request.url).pathname;
  const { status = 200, body } = path === "/config.json" ? { body: CONFIG } : await handler(path, request);
  return Response.json(body ?? null, { status, headers: { "X-Request-Id": "req-4711" } });
});
