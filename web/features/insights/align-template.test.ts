import assert from "node:assert/strict";
import { test } from "vitest";
import { alignTemplate } from "./align-template";

test("each slot's part of the text is found", () => {
  const pieces = alignTemplate(
    "{{artist}} had {{now}} streams, up {{change}}.",
    "Mara (Live) had 12,400 streams, up 9.1%.",
  );
  assert.deepEqual(pieces, [
    { text: "Mara (Live)", slot: "artist" },
    { text: " had ", slot: null },
    { text: "12,400", slot: "now" },
    { text: " streams, up ", slot: null },
    { text: "9.1%", slot: "change" },
    { text: ".", slot: null },
  ]);
});

test("a text that does not match the template is not split", () => {
  assert.equal(alignTemplate("Streams rose to {{now}}.", "Views fell to 3."), null);
});

test("a text without slots is one piece", () => {
  assert.deepEqual(alignTemplate("No numbers here?", "No numbers here?"), [{ text: "No numbers here?", slot: null }]);
});
