import type { AgeFigure, ReleasePace, ReleaseStart, ReleaseStartPlatform } from "@/lib/api/types";
import { compact, day, exact, unitLabel, unitName } from "@/lib/format";
import { inSentence } from "@/lib/in-sentence";
import { SOURCES } from "@/lib/value-sources";
import { t } from "./messages";

/** Why a release has no number at an age, or null. */
export function whyNot({ state, on }: AgeFigure, provider: string): string | null {
  switch (state) {
    case "in":
      return null;
    case "not_over":
      return t("why.notOver", { day: day(on) });
    case "not_in_yet":
      return t("why.notInYet", { provider, day: day(on) });
    case "missing":
      return t("why.missing");
    case "definition_break":
      return t("why.definition", { provider });
  }
}

export function sourceOf({ unit: counted, source, known_until, time_zone: zone }: ReleaseStartPlatform): string {
  const unit = unitName(counted);
  const sources = source.map((each) => SOURCES[each]).join(", ");
  return known_until
    ? t("source.known", { unit, sources, day: day(known_until), zone })
    : t("source.nothing", { unit, sources, zone });
}

export function paceInWords(pace: ReleasePace, unit: string): string {
  return t("pace.text", {
    low: compact(pace.low),
    high: compact(pace.high),
    unit: unitLabel(pace.high, unit),
    age: pace.age,
    day: day(pace.on),
    count: pace.releases,
    from: exact(pace.from_age),
    percent: exact(pace.likelihood_percent),
  });
}

export function factsOf({ release: { kind, released_on }, complete_days: count }: ReleaseStart): string {
  const facts = [kind && inSentence(t(`kinds.${kind}`))];
  if (!released_on) facts.push(t("facts.noDay"));
  else if (count === null || count < 1) facts.push(t("facts.comes", { day: day(released_on) }));
  else facts.push(t("facts.out", { day: day(released_on), count }));
  return facts.filter(Boolean).join(" · ");
}
