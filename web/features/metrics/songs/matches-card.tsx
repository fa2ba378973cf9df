"use client";

import { AssetKind } from "@/components/asset-kind";
import { ProviderName } from "@/components/provider-icon";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { MatchCandidate } from "@/lib/api/types";
import { day, percent } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { songTitle } from "./labels";
import { t } from "./messages";
import { useDecideMatch, useMatches } from "./queries";

/** The matches of an artist that a person decides; nothing while there are none. */
export function MatchesCard({ artistId }: { artistId: string }) {
  const { can } = useSession();
  const matches = useMatches(artistId);
  const decide = useDecideMatch();
  if (!matches.items?.length || !can("roster:write")) return null;
  return (
    <Card aria-labelledby="matches-title">
      <CardHeader id="matches-title" title={t("matches.title")} note={t("matches.note")} />
      <ul className="divide-y divide-line">
        {matches.items.map((match) => (
          <li key={match.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 text-sm">
            <ProviderName provider={match.asset.provider} className="w-28" />
            <span className="min-w-60 flex-1">
              {t.rich("matches.pair", {
                title: match.asset.title,
                day: day(match.asset.released_on),
                other: otherSide(match),
                kind: () => <AssetKind asset={match.asset} />,
                b: (chunks) => <span className="font-medium">{chunks}</span>,
              })}
              <span className="block text-xs text-muted">
                {t("matches.sure", {
                  percent: percent(match.score * 100),
                  reasons: match.reasons.map((reason) => reason.detail).join(" · "),
                })}
              </span>
            </span>
            <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: match.id, accept: true })}>
              {t("matches.same")}
            </Button>
            <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: match.id, accept: false })}>
              {t("matches.different")}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function otherSide({ recording, release }: MatchCandidate): string {
  if (recording)
    return t("matches.song", { title: songTitle(recording), fact: recording.isrc ?? day(recording.released_on) });
  return release ? t("matches.release", { title: release.title, fact: release.upc ?? day(release.released_on) }) : "";
}
