import assert from "node:assert/strict";
import { test } from "vitest";
import { orderTiles } from "./tile-order";

test("the first metric of each platform comes before any second one", () => {
  const tiles = [
    { provider: "instagram", metric: "audience.followers" },
    { provider: "instagram", metric: "consumption.views" },
    { provider: "instagram", metric: "engagement.likes" },
    { provider: "spotify", metric: "audience.followers" },
    { provider: "spotify", metric: "audience.monthly_listeners" },
  ];
  assert.deepEqual(
    orderTiles(tiles).map((tile) => `${tile.provider} ${tile.metric}`),
    [
      "instagram consumption.views",
      "spotify audience.monthly_listeners",
      "instagram audience.followers",
      "spotify audience.followers",
      "instagram engagement.likes",
    ],
  );
});

test("no tiles give an empty order", () => {
  assert.deepEqual(orderTiles([]), []);
});
