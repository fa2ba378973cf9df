import { afterEach, expect, test } from "vitest";
import { setLanguage } from "../language/active";
import { metricInSentence, metricName } from "./metric-name";

afterEach(() => setLanguage("en"));

test("metrics are named in the reader's language, and an org's own as the org does", async () => {
  const listeners = ["audience.monthly_listeners", "Monthly listeners"] as const;
  expect([metricName(...listeners), metricInSentence(...listeners)]).toEqual([
    "Monthly listeners",
    "monthly listeners",
  ]);
  await setLanguage("de");
  expect([metricName(...listeners), metricInSentence(...listeners)]).toEqual(["Monatliche Hörer", "monatliche Hörer"]);
  expect(metricName("own.door_count", "Door count")).toBe("Door count");
});
