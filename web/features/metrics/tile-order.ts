type Ranked = { provider: string; metric: string };

/** The most important metrics of each platform, in order. Others follow in the server's order. */
const FIRST = [
  "audience.monthly_listeners",
  "consumption.streams",
  "consumption.views",
  "consumption.plays",
  "audience.followers",
  "reach.unique",
  "consumption.watch_hours",
  "audience.listeners",
];

/** Order tiles round-robin by platform: each platform's first metric, then each one's second. */
export function orderTiles<T extends Ranked>(tiles: T[]): T[] {
  const rank = (tile: T) => (FIRST.includes(tile.metric) ? FIRST.indexOf(tile.metric) : FIRST.length);
  const hands = [...new Set(tiles.map((tile) => tile.provider))].map((provider) =>
    tiles.filter((tile) => tile.provider === provider).sort((a, b) => rank(a) - rank(b)),
  );
  const longest = Math.max(0, ...hands.map((hand) => hand.length));
  return Array.from({ length: longest }, (_, round) => hands.flatMap((hand) => hand[round] ?? [])).flat();
}
