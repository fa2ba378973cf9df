"use client";

import { DateInput } from "@/components/date-input/date-input";
import { Select } from "@/components/ui/field";
import { Button } from "@/components/ui/button";
import type { Insight } from "@/lib/api/types";
import { now } from "@/lib/clock";
import { activeRegional } from "@/lib/regional";
import { useSession } from "@/lib/session/context";
import { daysToNextWeek } from "@/lib/weeks";
import { useState } from "react";
import { t } from "./messages";
import { useChangeInsights, useColleagues } from "./queries";

const DAY_MS = 86_400_000;
const dayAfter = (days: number) => new Date(now() + days * DAY_MS).toISOString().slice(0, 10);

type Props = { insights: Pick<Insight, "id" | "assignee" | "snoozed_until">[]; onDone?: () => void };

/** Assign and snooze, for one insight or for those that are chosen. */
export function TeamActions({ insights, onDone }: Props) {
  const { can } = useSession();
  const may = can("insights:feedback");
  const change = useChangeInsights(() => t("team.changed"));
  const { data: colleagues } = useColleagues(may && can("members:read"));
  const [isOtherDay, setIsOtherDay] = useState(false);
  if (!may) return null;
  const insight_ids = insights.map((insight) => insight.id);
  const send = (fields: { assigned_to?: string | null; snoozed_until?: string | null }) =>
    change.mutate({ insight_ids, ...fields }, { onSuccess: onDone });
  const only = insights.length === 1 ? insights[0] : undefined;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label={t("team.assign")}
        className="h-8 w-auto max-w-52 text-sm"
        value={only ? (only.assignee?.id ?? "") : "?"}
        onChange={(event) => send({ assigned_to: event.target.value || null })}
      >
        {!only && <option value="?">{t("team.assignOpen")}</option>}
        <option value="">{only ? t("team.assignOpen") : t("team.nobody")}</option>
        {only?.assignee && !colleagues?.some(({ id }) => id === only.assignee?.id) && (
          <option value={only.assignee.id}>{only.assignee.name}</option>
        )}
        {colleagues?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      {only?.snoozed_until ? (
        <Button onClick={() => send({ snoozed_until: null })}>{t("team.wake")}</Button>
      ) : isOtherDay ? (
        <DateInput
          autoFocus
          aria-label={t("team.snoozeUntil")}
          className="h-8 w-40 text-sm"
          min={dayAfter(1)}
          onKeyDown={(event) => event.key === "Escape" && setIsOtherDay(false)}
          onChange={(event) => {
            const day = event.target.value;
            if (day >= dayAfter(1)) send({ snoozed_until: day });
          }}
        />
      ) : (
        <Select
          aria-label={t("team.snoozeUntil")}
          className="h-8 w-auto text-sm"
          value=""
          onChange={(event) =>
            event.target.value === "other" ? setIsOtherDay(true) : send({ snoozed_until: event.target.value })
          }
        >
          <option value="">{t("team.snoozeOpen")}</option>
          <option value={dayAfter(1)}>{t("team.tomorrow")}</option>
          <option value={dayAfter(daysToNextWeek(dayAfter(0)))}>
            {t("team.nextWeek", { first: activeRegional().week_start })}
          </option>
          <option value={dayAfter(28)}>{t("team.inFourWeeks")}</option>
          <option value="other">{t("team.otherDay")}</option>
        </Select>
      )}
    </div>
  );
}
