"use client";

import { Sparkles } from "lucide-react";
import Link from "next/link";
import { More } from "@/components/more";
import { PageHead } from "@/components/page-head";
import { buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Failed, NoMatch } from "@/components/ui/state";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useUrlState } from "@/lib/url-state";
import { InsightRow } from "./insight-row";
import { InsightSheet } from "./insight-sheet";
import { useInsights, type InsightFilter } from "./queries";

export function FeedPage() {
  const { get, set } = useUrlState();
  const open = get("id");
  const filter: InsightFilter = {
    severity: (get("severity") as InsightFilter["severity"]) || undefined,
    status: (get("status") as InsightFilter["status"]) || undefined,
    provider: (get("provider") as InsightFilter["provider"]) || undefined,
    artist_id: get("artist") || undefined,
  };
  const filtered = Object.values(filter).some(Boolean);
  const { items, error, refetch, isPlaceholderData, ...paging } = useInsights(filter);

  return (
    <>
      <PageHead title="Insights" lead="What changed, against what. Every number opens the rows behind it.">
        <Select aria-label="Platform" className="h-8 w-36 text-sm" value={get("provider")} onChange={(event) => set({ provider: event.target.value })}>
          <option value="">All platforms</option>
          {PROVIDER_NAMES.map((each) => (
            <option key={each} value={each}>
              {providerName(each)}
            </option>
          ))}
        </Select>
        <Select aria-label="Status" className="h-8 w-36 text-sm" value={get("status")} onChange={(event) => set({ status: event.target.value })}>
          <option value="">Any status</option>
          <option value="new">New</option>
          <option value="acknowledged">Acknowledged</option>
          <option value="dismissed">Dismissed</option>
          <option value="withdrawn">Withdrawn</option>
        </Select>
        <Segmented
          label="Severity"
          value={get("severity") || "all"}
          onChange={(value) => set({ severity: value === "all" ? null : value })}
          options={[
            { value: "all", label: "All" },
            { value: "important", label: "Important" },
            { value: "notice", label: "Notice" },
            { value: "info", label: "Info" },
          ]}
        />
      </PageHead>
      <Card aria-label="Insights" className={isPlaceholderData ? "opacity-60" : ""}>
        {error && !items && <Failed error={error} what="The insights" retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={7} />}
        {items && items.length > 0 && (
          <ul className="divide-y divide-line">
            {items.map((insight) => (
              <InsightRow key={insight.id} insight={insight} onOpen={() => set({ id: insight.id }, { push: true })} />
            ))}
          </ul>
        )}
        {items?.length === 0 && filtered && (
          <NoMatch query="" onClear={() => set({ severity: null, status: null, provider: null, artist: null })} />
        )}
        {items?.length === 0 && !filtered && (
          <Empty
            icon={Sparkles}
            title="No insights yet"
            action={
              <>
                <Link href="/accounts/" className={buttonStyle({ variant: "primary" })}>
                  Connect an account
                </Link>
                <Link href="/imports/" className={buttonStyle()}>
                  Import a file
                </Link>
              </>
            }
          >
            They appear here by themselves as soon as an account is synced or a file is imported, and something stands out.
          </Empty>
        )}
        <More {...paging} />
      </Card>
      {open && <InsightSheet id={open} onClose={() => set({ id: null })} />}
    </>
  );
}
