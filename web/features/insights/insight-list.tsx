"use client";

import { useState } from "react";
import { Avatar } from "@/components/avatar";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import type { Insight } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { InsightRow } from "./insight-row";
import { t } from "./messages";
import { useChangeInsights, useMarkRead } from "./queries";
import { TeamActions } from "./team-actions";

/** Those of one artist together, in the order in which each artist comes first. */
export function groupByArtist(insights: Insight[]): Insight[][] {
  const groups = new Map<string, Insight[]>();
  for (const insight of insights) groups.set(insight.artist_id, [...(groups.get(insight.artist_id) ?? []), insight]);
  return [...groups.values()];
}

type Props = { insights: Insight[]; onOpen: (id: string) => void };

/** Stories by artist; several can be chosen and dealt with at once. */
export function InsightList({ insights, onOpen }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const shown = insights.filter((insight) => chosen.has(insight.id));
  const choose = (ids: string[], isChosen: boolean) =>
    setChosen((before) => {
      const after = new Set(before);
      ids.forEach((id) => (isChosen ? after.add(id) : after.delete(id)));
      return after;
    });
  return (
    <>
      <Chosen insights={insights} chosen={shown} onChoose={choose} onDone={() => setChosen(new Set())} />
      {groupByArtist(insights).map((group) => {
        const { artist_id, artist_name } = group[0]!;
        return (
          <section key={artist_id} aria-label={artist_name} className="border-b border-line last:border-0">
            <h2 className="flex items-center gap-2.5 bg-sunken px-3 py-2 text-sm font-semibold">
              <Avatar name={artist_name} className="size-6 text-[10px]" />
              <Link href={`/artist/?id=${artist_id}`} className="min-w-0 truncate hover:text-accent">
                {artist_name}
              </Link>
              <span className="ml-auto text-xs font-normal text-muted">
                {t("list.stories", { count: group.length })}
              </span>
            </h2>
            <ul className="divide-y divide-line">
              {group.map((insight) => (
                <InsightRow
                  key={insight.id}
                  insight={insight}
                  onOpen={() => onOpen(insight.id)}
                  mark={{
                    checked: chosen.has(insight.id),
                    onChange: (isChosen) => choose([insight.id], isChosen),
                  }}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

type ChosenProps = {
  insights: Insight[];
  chosen: Insight[];
  onChoose: (ids: string[], isChosen: boolean) => void;
  onDone: () => void;
};

/** How many are chosen, and what can be done with them. */
function Chosen({ insights, chosen, onChoose, onDone }: ChosenProps) {
  const { can } = useSession();
  const markRead = useMarkRead();
  const change = useChangeInsights(() => t("team.changed"));
  const insight_ids = chosen.map((insight) => insight.id);
  const all = chosen.length === insights.length;
  const open = chosen.filter((insight) => insight.status !== "withdrawn").map((insight) => insight.id);
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line py-2 pr-3">
      <label className="flex cursor-pointer items-center text-sm text-muted">
        <span className="grid size-11 place-items-center">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={all}
            ref={(element) => {
              if (element) element.indeterminate = chosen.length > 0 && !all;
            }}
            onChange={() =>
              onChoose(
                insights.map((insight) => insight.id),
                !all,
              )
            }
          />
        </span>
        {chosen.length > 0 ? t("list.selected", { count: String(chosen.length) }) : t("list.selectAll")}
      </label>
      {chosen.length > 0 && (
        <>
          <Button onClick={() => markRead.mutate({ insight_ids, read: true }, { onSuccess: onDone })}>
            {t("list.markRead")}
          </Button>
          <Button onClick={() => markRead.mutate({ insight_ids, read: false }, { onSuccess: onDone })}>
            {t("list.markUnread")}
          </Button>
          <TeamActions insights={chosen} onDone={onDone} />
          {can("insights:feedback") && open.length > 0 && (
            <>
              <Button
                onClick={() => change.mutate({ insight_ids: open, status: "acknowledged" }, { onSuccess: onDone })}
              >
                {t("list.acknowledge")}
              </Button>
              <Button
                variant="ghost"
                onClick={() => change.mutate({ insight_ids: open, status: "dismissed" }, { onSuccess: onDone })}
              >
                {t("list.dismiss")}
              </Button>
            </>
          )}
        </>
      )}
    </div>
  );
}
