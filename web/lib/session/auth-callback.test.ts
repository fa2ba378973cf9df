import assert from "node:assert/strict";
import { test } from "vitest";
import { parseAuthCallback, safeNext } from "./auth-callback";

test("an error is read from the fragment or the query", () => {
  const error = "error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid";
  const expected = { kind: "error", code: "otp_expired", message: "Email link is invalid" };
  assert.deepEqual(parseAuthCallback("", `#${error}&sb=`), expected);
  assert.deepEqual(parseAuthCallback(`?${error}`, ""), expected);
});

test("an invitation has tokens, a link requested here has a code", () => {
  const tokens = parseAuthCallback("?to=invited", "#access_token=a&refresh_token=r&type=invite&expires_in=3600");
  assert.deepEqual(tokens, { kind: "tokens", access_token: "a", refresh_token: "r", type: "invite" });
  assert.deepEqual(parseAuthCallback("?code=c&sb_flow_id=f", ""), { kind: "code", code: "c" });
  assert.deepEqual(parseAuthCallback("?token_hash=h&type=recovery", ""), {
    kind: "hash",
    token_hash: "h",
    type: "recovery",
  });
});

test("half of an e-mail change is a message, and an ordinary URL is null", () => {
  assert.equal(parseAuthCallback("", "#message=Confirmation+link+accepted")?.kind, "message");
  assert.equal(parseAuthCallback("?view=audit&id=3", "#main"), null);
  assert.equal(parseAuthCallback("", "#access_token=only"), null);
});

test("the redirect never leaves the site", () => {
  assert.equal(safeNext("/insights/?id=1"), "/insights/?id=1");
  for (const bad of ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "", null]) {
    assert.equal(safeNext(bad), "/");
  }
});
