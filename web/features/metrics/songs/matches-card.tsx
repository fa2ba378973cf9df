"use client";

import { AssetKind } from "@/components/asset-kind";
import { ProviderName } from "@/components/provider-icon";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { MatchCandidate } from "@/lib/api/types";
import { day, percent } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { songTitle } from "./labels";
import { useDecideMatch, useMatches } from "./queries";

/** The matches of an artist that a person decides; nothing while there are none. */
export function MatchesCard({ artistId }: { artistId: string }) {
  const { can } = useSession();
  const matches = useMatches(artistId);
  const decide = useDecideMatch();
  if (!matches.items?.length || !can("roster:write")) return null;
  return (
    <Card aria-labelledby="matches-title">
      <CardHeader
        id="matches-title"
        title="Is this the same song?"
        note="Not certain enough to be joined without you. A wrong answer can be undone below."
      />
      <ul className="divide-y divide-line">
        {matches.items.map((match) => (
          <li key={match.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 text-sm">
            <ProviderName provider={match.asset.provider} className="w-28" />
            <span className="min-w-60 flex-1">
              <span className="font-medium">{match.asset.title}</span> (<AssetKind asset={match.asset} />,{" "}
              {day(match.asset.released_on)}) and <span className="font-medium">{otherSide(match)}</span>
              <span className="block text-xs text-muted">
                {percent(match.score * 100)} sure: {match.reasons.map((reason) => reason.detail).join(" · ")}
              </span>
            </span>
            <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: match.id, accept: true })}>
              Same
            </Button>
            <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: match.id, accept: false })}>
              Different
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function otherSide({ recording, release }: MatchCandidate): string {
  if (recording) return `${songTitle(recording)} (song, ${recording.isrc ?? day(recording.released_on)})`;
  return release ? `${release.title} (release, ${release.upc ?? day(release.released_on)})` : "";
}
