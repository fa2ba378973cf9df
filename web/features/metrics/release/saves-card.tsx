import { Card, CardHeader } from "@/components/ui/card";
import type { TrackSaves } from "@/lib/api/types";
import { day, exact } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { SOURCES } from "@/lib/value-sources";
import { periodLabel } from "../breakdown-card";
import { WORDS } from "./words";

/** How many listeners of each track saved it, where one file gives both for the same days. */
export function SavesCard({ saves }: { saves: TrackSaves[] }) {
  return (
    <Card aria-labelledby="release-saves">
      <CardHeader id="release-saves" title={WORDS.saves} note={WORDS.savesNote} />
      {saves.length === 0 && <p className="px-4 pb-4 text-sm text-muted">{WORDS.noSaves}</p>}
      {saves.length > 0 && (
        <div className="overflow-x-auto border-t border-line" tabIndex={0} role="region" aria-label={WORDS.savesRegion}>
          <table className="w-full text-sm">
            <caption className="sr-only">{WORDS.saves}</caption>
            <thead className="text-xs text-muted">
              <tr className="border-b border-line">
                {[WORDS.track, WORDS.period, WORDS.source].map((name) => (
                  <th key={name} scope="col" className="px-4 py-1.5 text-left font-medium">
                    {name}
                  </th>
                ))}
                {[WORDS.savesColumn, WORDS.listeners, WORDS.rate].map((name) => (
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
                  <td className="px-4 py-1.5 text-muted">{`${periodLabel(each.period)} up to ${day(each.as_of)}`}</td>
                  <td className="px-4 py-1.5 text-muted">{`${providerName(each.provider)}, ${SOURCES[each.source]}`}</td>
                  <td className="num px-4 py-1.5 text-right">{exact(each.saves)}</td>
                  <td className="num px-4 py-1.5 text-right">{exact(each.listeners)}</td>
                  <td className="num px-4 py-1.5 text-right font-semibold">
                    {each.per_hundred === null ? (
                      <span className="text-xs font-normal text-muted">– {WORDS.fewListeners}</span>
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
