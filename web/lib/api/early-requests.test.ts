import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EARLY_ON_HOME, EARLY_SCRIPT } from "./early-requests";

const CONFIG = { apiUrl: "http://api.test", supabaseUrl: "http://auth.test", supabaseKey: "key", mode: "test" };
const ORG = "3f0d2f5c-0000-4000-8000-000000000001";
const session = (changes: object = {}) =>
  JSON.stringify({ access_token: "h.e30.s", expires_at: Date.now() / 1000 + 3600, user: {}, ...changes });

let sent: string[];

beforeEach(() => {
  vi.resetModules();
  window.localStorage.clear();
  window.history.replaceState(null, "", "/");
  document.documentElement.lang = "en";
  sent = [];
  vi.stubGlobal("fetch", (input: Request | string, init?: RequestInit) => {
    const request = typeof input === "string" ? new Request(new URL(input, "http://web.test"), init) : input;
    const { pathname, search } = new URL(request.url);
    sent.push(pathname + search);
    return Promise.resolve(Response.json(pathname === "/config.json" ? CONFIG : { from: pathname }));
  });
});

afterEach(() => vi.unstubAllGlobals());

const runScript = async () => {
  // As the browser runs it, before any module.
  (0, eval)(EARLY_SCRIPT);
  await vi.waitFor(() => expect(sent).toContain("/config.json"));
  await new Promise((resolve) => setTimeout(resolve));
};

async function openHome() {
  const { call } = await import("./client");
  await call((client) => client.GET("/auth/me"));
  await call((client) => client.GET("/api/home", { params: { query: { since: undefined } } }));
  const query = { q: undefined, days: 28, sort: "name", descending: undefined, page: 1 };
  return call((client) => client.GET("/api/home/artists", { params: { query } }));
}

test("the home page takes the answers to what was asked before its scripts ran, and asks nothing twice", async () => {
  window.localStorage.setItem("arti-auth", session());
  window.localStorage.setItem("arti-org", ORG);
  await runScript();
  const all = ["/config.json", "/auth/me", ...EARLY_ON_HOME];
  expect(sent).toEqual(all);
  expect(await openHome()).toEqual({ from: "/api/home/artists" });
  expect(sent).toEqual(all);
  await openHome(); // later requests are sent
  expect(sent).toEqual([...all, ...all.slice(1)]);
});

test("an answer for another org, or of a session that ended, is not taken", async () => {
  window.localStorage.setItem("arti-auth", session());
  window.localStorage.setItem("arti-org", ORG);
  await runScript();
  const early = [...sent];
  window.localStorage.setItem("arti-org", ORG.replace("1", "2"));
  await openHome();
  expect(sent).toEqual([...early, ...early.slice(1)]);
});

test.each([
  ["on another page only the session is asked for", "/insights/", session(), ["/config.json", "/auth/me"]],
  ["a filtered roster is asked for by the page", "/?sort=updated", session(), ["/config.json", "/auth/me"]],
  ["nobody is signed in", "/", "null", ["/config.json"]],
  ["the token has to be refreshed first", "/", session({ expires_at: 1 }), ["/config.json"]],
  [
    "the second factor is still to be given",
    "/",
    session({ user: { factors: [{ status: "verified" }] } }),
    ["/config.json"],
  ],
  ["the page is for people without a session", "/upload/", session(), ["/config.json"]],
])("%s", async (_, path, stored, expected) => {
  window.localStorage.setItem("arti-auth", stored);
  window.localStorage.setItem("arti-org", ORG);
  window.history.replaceState(null, "", path);
  await runScript();
  expect(sent).toEqual(expected);
});
