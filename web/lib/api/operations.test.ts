// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const WEB = join(import.meta.dirname, "../..");

/** Operations that no page calls, each with the reason. Everything else that the API can do has a place in the web. */
const WITHOUT_PAGE: Record<string, string> = {
  "GET /healthz": "a supervisor's",
  "GET /readyz": "a supervisor's",
  "GET /api/message-charts/{token}": "Slack loads the picture",
  "GET /api/accounts/callback": "a platform sends the browser to it",
  "POST /webhooks/{source}": "a sender's",
  "GET /webhooks/meta": "Meta's",
  "POST /webhooks/insight-created": "n8n's",
  "GET /api/subscription": "called without a session, by the page of the link",
  "PUT /api/subscription": "called without a session, by the page of the link",
  "POST /api/subscription": "a mail program's, by the header of the mail",
  "GET /api/uploads": "called without a session, by the page of the link",
  "POST /api/uploads": "called without a session, by the page of the link",
  "GET /api/uploads/link": "called without a session, by the page of the link",
  "GET /api/orgs": "the session holds them already",
  "GET /auth/permissions": "the session holds them already",
  "POST /auth/permissions": "a program's",
  "GET /auth/test-isolation": "the page runs the test by POST",
  "GET /api/accounts/{account_id}": "lists hold it already",
  "GET /api/calendar/{entry_id}": "lists hold it already",
  "GET /api/playlists/{playlist_id}": "lists hold it already",
  "GET /api/countries": "values for programs",
  "GET /api/dimensions": "values for programs",
  "GET /api/genres": "values for programs",
  "GET /api/labels": "values for programs",
  "GET /api/events": "a program's feed",
  "GET /api/rollups": "a program's sums; pages show those of summaries",
  "GET /api/artists/{artist_id}/numbers.csv": "a program's copy; pages save what they show",
  "POST /api/artists/{artist_id}/match": "runs by itself after each sync and import",
  "POST /api/royalties": "a program pushes lines; people import the file",
  "POST /api/royalties/match": "runs by itself after each import",
  "POST /api/deliveries/replay": "a program's, after an outage; the page retries one",
  "GET /api/channels/{channel_id}/workflow": "a workflow to import by hand; the page connects n8n itself",
  "GET /api/royalties": "single lines for programs; pages show sums and the rows of a gap",
  "GET /api/recordings/{recording_id}/changes": "the artist's page lists those of all songs",
  "GET /api/recordings/{recording_id}/playlists": "the artist's page lists those of all songs",
  "POST /api/recordings/{recording_id}/assets": "pages accept a match",
};

function sources(folder: string): string[] {
  return readdirSync(join(WEB, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|schema\.d\.ts$/.test(name))
    .map((name) => readFileSync(join(WEB, folder, name), "utf8"));
}

const called = new Set(
  ["app", "components", "features", "lib"]
    .flatMap(sources)
    .flatMap((text) => [...text.matchAll(/\.(GET|POST|PUT|PATCH|DELETE)\(\s*"([^"]+)"/g)])
    .map(([, method, path]) => `${method} ${path}`),
);

const { paths } = JSON.parse(readFileSync(join(WEB, "openapi.json"), "utf8")) as {
  paths: Record<string, Record<string, unknown>>;
};
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test("every operation has a page, or a reason why it has none", () => {
  expect(operations.filter((each) => !called.has(each) && !(each in WITHOUT_PAGE))).toEqual([]);
});

test("a reason is given only for an operation that exists and that no page calls", () => {
  expect(Object.keys(WITHOUT_PAGE).filter((each) => called.has(each) || !operations.includes(each))).toEqual([]);
});
