"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Link } from "@/components/link";
import { OldData } from "@/components/old-data";
import { PageHeader } from "@/components/page-header";
import { ViewsMenu } from "@/components/saved-views/views-menu";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { weekdays } from "@/lib/weeks";
import { NeedsCard } from "./needs-card";
import { useHome, type Since } from "./queries";
import { RosterCard } from "./roster-card";
import { Stories } from "./stories";
import { t } from "./messages";

const FirstSteps = dynamic(() => import("./first-steps").then((module) => module.FirstSteps), { ssr: false });
const ArtistDialog = dynamic(() => import("@/components/artist-dialog").then((module) => module.ArtistDialog), {
  ssr: false, // else the page waits for it, hidden, and the focus is lost
});

export function HomePage() {
  const { can } = useSession();
  const router = useRouter();
  const [adding, setAdding] = useState(false);
  const { get, set } = useUrlState();
  const since = (get("since") || undefined) as Since | undefined;
  const { data, error, refetch, isPlaceholderData } = useHome(since);
  const add = can("roster:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> {t("empty.add")}
    </Button>
  );

  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        <ViewsMenu />
        {add}
      </PageHeader>
      <div className="grid grid-cols-1 gap-4">
        {error && !data && (
          <Card>
            <ErrorState error={error} what={t("stories.title")} retry={() => void refetch()} />
          </Card>
        )}
        {data && data.first_steps.length > 0 && (
          <FirstSteps steps={data.first_steps} onAddArtist={() => setAdding(true)} />
        )}
        {!(error && !data) && (
          <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,1fr)]">
            <Card aria-labelledby="stories-title">
              <CardHeader
                id="stories-title"
                title={t("stories.title")}
                note={
                  data
                    ? t(data.since_kind === "session" ? "stories.sinceVisit" : "stories.sinceDay", {
                        day: day(data.since_kind === "week" ? data.since.slice(0, 10) : data.since),
                      })
                    : " "
                }
              >
                {data?.last_session_at && (
                  <SegmentedControl
                    label={t("stories.sinceLabel")}
                    value={data.since_kind}
                    onChange={(value) => set({ since: value })}
                    options={[
                      { value: "week", label: weekdays("long")[0]!.name },
                      { value: "session", label: t("stories.lastVisit") },
                    ]}
                  />
                )}
                <Link href="/insights/" className="text-sm font-medium text-accent hover:underline">
                  {t("stories.all")}
                </Link>
              </CardHeader>
              {!data && <SkeletonRows rows={4} />}
              {data && (
                <OldData when={isPlaceholderData}>
                  {data.stories.length > 0 ? (
                    <Stories stories={data.stories} since={data.since} />
                  ) : (
                    <EmptyState title={t("stories.empty")} className="py-8">
                      {t("stories.emptyHint")}
                    </EmptyState>
                  )}
                </OldData>
              )}
            </Card>
            <NeedsCard needs={data?.needs} />
          </div>
        )}
        <RosterCard add={add} />
      </div>
      {adding && (
        <ArtistDialog onClose={() => setAdding(false)} onSaved={(artist) => router.push(`/artist/?id=${artist.id}`)} />
      )}
    </>
  );
}
