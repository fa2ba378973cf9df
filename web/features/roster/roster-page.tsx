"use client";

import { Disc3, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { AddArtistDialog } from "./add-artist-dialog";
import { useArtists } from "./queries";
import { RosterList, RosterTable } from "./roster-table";

export function RosterPage() {
  const { get, set } = useUrlState();
  const { can, me } = useSession();
  const router = useRouter();
  const [adding, setAdding] = useState(false);
  const q = get("q");
  const { items, error, refetch, isPlaceholderData, ...paging } = useArtists(q);
  const canAdd = can("roster:write");
  const isListed = me.active?.artist_access === "list";
  const add = canAdd && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> Add artist
    </Button>
  );

  return (
    <>
      <PageHeader title="Roster" lead="Each platform’s main number, with its change against the 28 days before.">
        <SearchField
          label="Find an artist"
          value={q}
          onChange={(value) => set({ q: value })}
          className="max-sm:w-40 max-sm:flex-1"
        />
        {add}
      </PageHeader>
      <Card aria-label="Artists" className={isPlaceholderData ? "opacity-60 transition-opacity" : ""}>
        {error && !items && <ErrorState error={error} what="The roster" retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={8} />}
        {items && items.length > 0 && (
          <>
            <RosterTable artists={items} className="hidden md:block" />
            <RosterList artists={items} className="md:hidden" />
          </>
        )}
        {items?.length === 0 && q && <NoResults query={q} onClear={() => set({ q: null })} />}
        {items?.length === 0 && !q && (
          <EmptyState icon={Disc3} title={isListed ? "No artists yet" : "Your roster is empty"} action={add}>
            {isListed
              ? "You see the artists on your list, and nobody is on it yet. Ask an admin of the organisation to add yours."
              : canAdd
                ? "Add the first artist, then connect an account or drop an export file: the numbers follow."
                : "A manager or an admin of the organisation can add artists."}
          </EmptyState>
        )}
        <LoadMore {...paging} />
      </Card>
      {adding && (
        <AddArtistDialog
          onClose={() => setAdding(false)}
          onAdded={(artist) => router.push(`/artist/?id=${artist.id}`)}
        />
      )}
    </>
  );
}
