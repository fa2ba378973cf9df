import { Button } from "@/components/ui/button";
import type { Series } from "@/lib/api/types";
import { day } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import type { ChartView } from "./use-chart-view";

type Props = { series: Series[]; unbroken: Series[]; view: Pick<ChartView, "showsUnbroken" | "set"> };

/** Offers the series that go on with the meaning from before a change, drawn beside those that changed. */
export function UnbrokenOffer({ series, unbroken, view }: Props) {
  if (unbroken.length === 0) return null;
  const sentences = unbroken.flatMap((each) =>
    series.flatMap(({ provider, metric, name, breaks }) =>
      breaks
        .filter((change) => provider === each.provider && change.continued_as === each.metric)
        .map(({ on }) =>
          t("meaning.offer", {
            provider: providerName(provider),
            metric: metricInSentence(metric, name),
            day: day(on),
            unbroken: each.name,
          }),
        ),
    ),
  );
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 pb-3 text-xs text-muted">
      <Button
        aria-pressed={view.showsUnbroken}
        onClick={() => view.set({ unbroken: view.showsUnbroken ? null : "shown" })}
      >
        {view.showsUnbroken ? t("meaning.hide") : t("meaning.show")}
      </Button>
      {[...new Set(sentences)].map((sentence) => (
        <span key={sentence}>{sentence}</span>
      ))}
    </div>
  );
}
