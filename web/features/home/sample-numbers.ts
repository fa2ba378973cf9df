const DAYS = 400;
const DAY_MS = 86_400_000;
const WEEK = [1.02, 0.96, 0.94, 0.97, 1.12, 1.1, 0.94]; // Monday first
const HEADER = "arti provider,metric,day,value,null_reason,state,dimension,asset,asset_kind,asset_title";

/**
 * Made-up numbers of one artist on Spotify as ARTi's own CSV, up to two days before `now` (milliseconds): streams and
 * listeners with weekdays, a release 120 days ago, one loud day, and a fall in the last ten days; followers that grow.
 * The same day gives the same numbers.
 */
export function sampleNumbers(now: number): string {
  let seed = 20_261;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 1 + 0.08 * (seed / 2_147_483_647 - 0.5);
  };
  let followers = 41_200;
  const rows = Array.from({ length: DAYS }, (_, at) => {
    const age = DAYS - 1 - at;
    const date = new Date(now - (age + 2) * DAY_MS);
    const release = age <= 120 ? 0.9 * Math.exp(-(120 - age) / 25) : 0;
    const last = age === 24 ? 2.6 : age < 10 ? 0.62 : 1;
    const streams = Math.round(5200 * (1 + at / 1600 + release) * WEEK[(date.getUTCDay() + 6) % 7]! * noise() * last);
    followers += Math.round((18 + 60 * release) * noise());
    const day = date.toISOString().slice(0, 10);
    return [
      ["consumption.streams", streams],
      ["audience.listeners", Math.round(streams / 1.9)],
      ["audience.followers", followers],
    ].map(([metric, value]) => `spotify,${metric},${day},${value},,,,,,`);
  });
  return [HEADER, ...rows.flat()].join("\n") + "\n";
}
