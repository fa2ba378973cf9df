import { ProviderName } from "@/components/provider-icon";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/state";
import type { Song, SongFigure } from "@/lib/api/types";
import { dayRange, exact, NONE, signed, unitLabel } from "@/lib/format";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

/** Every number of a song, by platform, each with its unit and period, and what is not in it. */
export function SongFigures({ song }: { song: Song }) {
  return (
    <Card aria-labelledby="song-figures-title">
      <CardHeader id="song-figures-title" title={t("numbers.title")} note={t("numbers.note")} />
      {song.figures.length === 0 ? (
        <EmptyState title={t("numbers.none")}>{t("numbers.noneHint")}</EmptyState>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t("numbers.region")}>
          <table className="w-full border-collapse text-sm">
            <thead>
              <tr className="border-b border-line text-left text-xs text-muted">
                <th className="h-9 px-4 font-medium">{t("numbers.platform")}</th>
                <th className="px-3 font-medium">{t("numbers.number")}</th>
                <th className="px-3 text-right font-medium">{t("numbers.value")}</th>
                <th className="px-3 font-medium">{t("numbers.period")}</th>
                <th className="px-4 font-medium">{t("numbers.notInIt")}</th>
              </tr>
            </thead>
            <tbody>
              {song.figures.map((figure) => (
                <Row key={`${figure.provider} ${figure.metric}`} figure={figure} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Row({ figure }: { figure: SongFigure }) {
  const gain = figure.basis === "gain";
  const shown = figure.value == null ? NONE : gain ? signed(figure.value) : exact(figure.value);
  return (
    <tr className="border-b border-line last:border-0">
      <td className="px-4 py-2">
        <ProviderName provider={figure.provider} />
      </td>
      <td className="px-3 py-2">
        {gain
          ? t("numbers.gained", { name: metricName(figure.metric, figure.name) })
          : metricName(figure.metric, figure.name)}
      </td>
      <td className="px-3 py-2 text-right whitespace-nowrap tabular-nums">
        {shown} {figure.value != null && <span className="text-muted">{unitLabel(figure.value, figure.unit)}</span>}
      </td>
      <td className="px-3 py-2 whitespace-nowrap text-muted">{dayRange(figure.period.from, figure.period.to)}</td>
      <td className="min-w-56 px-4 py-2 text-muted">
        {figure.refused.map((group) => (
          <span key={group.reason} className="block">
            {t("numbers.refused", { count: group.count, reason: group.sentence })}
          </span>
        ))}
      </td>
    </tr>
  );
}
