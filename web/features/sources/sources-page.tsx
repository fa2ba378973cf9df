"use client";

import { PageHeader } from "@/components/page-header";
import { useSources } from "@/lib/api/sources";
import { useSession } from "@/lib/session/context";
import { MetricsCard, SourcesCard } from "./definitions-cards";
import { EnterValueForm } from "./enter-value-form";
import { t } from "./messages";
import { PlacesCard } from "./places-card";
import { useOwnMetrics } from "./queries";

/** The org's own sources and metrics, a form to type a number in, and the cities that are not clear. */
export function SourcesPage() {
  const { can } = useSession();
  const sources = useSources();
  const metrics = useOwnMetrics();
  const own = sources.data?.filter((source) => source.own) ?? [];
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      <div className="grid grid-cols-1 gap-4">
        {can("imports:write") && own.length > 0 && metrics.data && metrics.data.length > 0 && (
          <EnterValueForm sources={own} metrics={metrics.data} />
        )}
        <MetricsCard />
        <SourcesCard />
        <PlacesCard />
      </div>
    </>
  );
}
