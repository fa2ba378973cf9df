"use client";

import { CircleHelp } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

/** A button that says what metrics count, by the catalogue; nothing for those without a description. */
export function MetricHelp({ metrics }: { metrics: { metric: string; name: string }[] }) {
  const catalogue = useMetricCatalogue().data ?? [];
  const described = metrics.flatMap(({ metric, name }) => {
    const text = catalogue.find((entry) => entry.slug === metric)?.description;
    return text ? [{ metric, name: metricName(metric, name), text }] : [];
  });
  if (described.length === 0) return null;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          size="icon"
          className="-my-1.5"
          aria-label={t("metricHelp", { metrics: described.map(({ name }) => name).join(", ") })}
        >
          <CircleHelp aria-hidden />
        </Button>
      </PopoverTrigger>
      <PopoverContent>
        <dl className="grid gap-2 text-left text-sm whitespace-normal">
          {described.map(({ metric, name, text }) => (
            <div key={metric}>
              <dt className="font-semibold text-fg">{name}</dt>
              <dd className="text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </PopoverContent>
    </Popover>
  );
}
