import { Card, CardHeader } from "@/components/ui/card";
import type { TrackSaves } from "@/lib/api/types";
import { day, exact } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { SOURCES } from "@/lib/value-sources";
import { periodLabel } from "../breakdown-card";
import { t } from "./messages";

/** How many listeners of each track saved it, where one file gives both for the same days. */
export function SavesCard({ saves }: { saves: TrackSaves[] }) {
  return (
    <Card aria-labelledby="release-saves">
      <CardHeader id="release-saves" title={t("saves.title")} note={t("saves.note")} />
      {saves.length === 0 && <p className="px-4 pb-4 text-sm text-muted">{t("saves.none")}</p>}
      {saves.length > 0 && (
        <div className="overflow-x-auto border-t border-line" tabIndex={0} role="region" aria-label={t("saves.region")}>
          <table className="w-full text-sm">
            <caption className="sr-only">{t("saves.title")}</caption>
            <thead className="text-xs text-muted">
              <tr className="border-b border-line">
                {[t("saves.track"), t("saves.period"), t("saves.source")].map((name) => (
                  <th key={name} scope="col" className="px-4 py-1.5 text-left font-medium">
                    {name}
                  </th>
                ))}
                {[t("saves.saves"), t("saves.listeners"), t("saves.rate")].map((name) => (
                  <th key={name} scope="col" className="px-4 py-1.5 text-right font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line/70">
              {saves.map((each) => (
                <tr key={`${each.recording_id} ${each.provider} ${each.period}`}>
                  <th scope="row" className="px-4 py-1.5 text-left font-normal">
                    {each.title}
                  </th>
                  <td className="px-4 py-1.5 text-muted">
                    {t("saves.until", { period: periodLabel(each.period), day: day(each.as_of) })}
                  </td>
                  <td className="px-4 py-1.5 text-muted">{`${providerName(each.provider)}, ${SOURCES[each.source]}`}</td>
                  <td className="num px-4 py-1.5 text-right">{exact(each.saves)}</td>
                  <td className="num px-4 py-1.5 text-right">{exact(each.listeners)}</td>
                  <td className="num px-4 py-1.5 text-right font-semibold">
                    {each.per_hundred === null ? (
                      <span className="text-xs font-normal text-muted">– {t("saves.few")}</span>
                    ) : (
                      exact(each.per_hundred)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
