"use client";

import { Disc3, Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "@/components/link";
import { PageHeader } from "@/components/page-header";
import { useOwnTitle } from "@/components/page-title";
import { ProviderName } from "@/components/provider-icon";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { ReleaseStart } from "@/lib/api/types";
import { exact, unitLabel } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { PlatformCard } from "./platform-card";
import { useRelease, useReleaseStart } from "./queries";
import { ReleaseDialog } from "./release-dialog";
import { SavesCard } from "./saves-card";
import { TracksCard } from "./tracks-card";
import { factsOf, whyNot } from "./words";

/** One release in its first 28 days, beside the artist's earlier ones at the same age. */
export function ReleasePage() {
  const id = useUrlState().get("id");
  if (!id) {
    return (
      <Card>
        <h1 className="sr-only">{t("page")}</h1>
        <EmptyState
          icon={Disc3}
          title={t("noId.title")}
          action={
            <Link href="/" className={buttonStyle({ variant: "primary" })}>
              {t("noId.toRoster")}
            </Link>
          }
        >
          {t("noId.hint")}
        </EmptyState>
      </Card>
    );
  }
  return <ReleaseDetails key={id} id={id} />;
}

function ReleaseDetails({ id }: { id: string }) {
  const { can } = useSession();
  const [editing, setEditing] = useState(false);
  const release = useRelease(id);
  const { data, error, refetch } = useReleaseStart(id);
  const title = data?.release.title;
  useOwnTitle(title);
  if (!data) {
    return (
      <Card>
        <h1 className="sr-only">{t("page")}</h1>
        {error ? <ErrorState error={error} what={t("what")} retry={() => void refetch()} /> : <SkeletonRows rows={8} />}
      </Card>
    );
  }
  return (
    <>
      <PageHeader
        title={data.release.title}
        lead={
          <>
            {data.release.artists.map((artist) => (
              <span key={artist.id}>
                <Link href={`/artist/?id=${artist.id}`} className="font-medium text-fg hover:text-accent">
                  {artist.name}
                </Link>
                {" · "}
              </span>
            ))}
            <span className="first-letter:uppercase">{factsOf(data)}</span>
          </>
        }
      >
        {can("roster:write") && release.data && (
          <Button onClick={() => setEditing(true)}>
            <Pencil aria-hidden /> {t("edit.open")}
          </Button>
        )}
      </PageHeader>
      {editing && release.data && <ReleaseDialog release={release.data} onClose={() => setEditing(false)} />}
      <div className="grid grid-cols-1 gap-4">
        {data.note && (
          <Card>
            <EmptyState icon={Disc3} title={t("start")}>
              {data.note}
            </EmptyState>
          </Card>
        )}
        {data.platforms.length > 0 && <FirstWeek start={data} />}
        <div className="grid grid-cols-1 gap-4 empty:hidden xl:grid-cols-2">
          {data.platforms.map((platform) => (
            <PlatformCard key={platform.provider} platform={platform} />
          ))}
        </div>
        <SavesCard saves={data.saves} />
        <TracksCard releaseId={data.release.id} artistId={data.release.artists[0]?.id} />
      </div>
    </>
  );
}

function FirstWeek({ start }: { start: ReleaseStart }) {
  return (
    <Card aria-labelledby="first-week">
      <CardHeader id="first-week" title={t("week.title")} note={t("week.note")} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 px-4 pb-4 sm:grid-cols-4">
        {start.platforms.map((platform) => {
          const week = platform.ages.find((figure) => figure.age === 7)!;
          return (
            <div key={platform.provider}>
              <dt className="text-xs text-muted">
                <ProviderName provider={platform.provider} />
              </dt>
              <dd>
                {week.value === null ? (
                  <span className="text-sm text-muted">{whyNot(week, platform.provider_name)}</span>
                ) : (
                  <span className="num text-lg font-semibold">
                    {exact(week.value)}{" "}
                    <span className="text-sm font-normal text-muted">{unitLabel(week.value, platform.unit)}</span>
                  </span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </Card>
  );
}
