import { Link } from "@/components/link";
import { columnHelper, type Column } from "@/components/data-table";
import { ProviderName } from "@/components/provider-icon";
import type { Song } from "@/lib/api/types";
import { compact, day, signed, unitLabel } from "@/lib/format";
import { figureInWords, songArtists, songTitle } from "./labels";
import { t } from "./messages";

const column = columnHelper<Song>();

/** The platforms that these songs are on, in the order of the first song that is there. */
function platforms(songs: Song[]): string[] {
  const all = songs.flatMap((song) => [...song.figures, ...song.assets].map((each) => each.provider));
  return [...new Set(all)].sort();
}

function Figure({ song, provider }: { song: Song; provider: string }) {
  const figure = song.figures.find((each) => each.provider === provider);
  if (figure?.value != null) {
    return (
      <span title={t("figure.label", { name: figure.name, figure: figureInWords(figure) })}>
        {figure.basis === "gain" ? signed(figure.value) : compact(figure.value)}{" "}
        <span className="text-xs text-muted">{unitLabel(figure.value, figure.unit)}</span>
      </span>
    );
  }
  const there = song.assets.some((asset) => asset.provider === provider);
  const why = figure ? figureInWords(figure) : there ? t("figure.noneHere") : t("figure.notThere");
  return (
    <span className="text-muted" title={why}>
      <span aria-hidden>{there ? "·" : "–"}</span>
      <span className="sr-only">{why}</span>
    </span>
  );
}

/** One column a platform. Memoise the result: the table needs a stable identity. */
export function songColumns(songs: Song[]): Column<Song>[] {
  return [
    column.accessor((song) => songTitle(song), {
      id: "title",
      header: () => t("columns.song"),
      cell: ({ row }) => (
        <span className="grid max-w-[44ch] min-w-40">
          <Link
            href={`/song/?id=${row.original.id}`}
            className="truncate font-medium hover:text-accent"
            title={songTitle(row.original)}
          >
            {songTitle(row.original)}
          </Link>
          <span className="truncate text-xs text-muted">{songArtists(row.original.credits)}</span>
        </span>
      ),
    }),
    column.accessor((song) => song.released_on ?? undefined, {
      id: "released",
      header: () => t("columns.released"),
      cell: ({ row }) => <span className="whitespace-nowrap text-muted">{day(row.original.released_on)}</span>,
      sortUndefined: "last",
    }),
    ...platforms(songs).map((provider) =>
      column.accessor((song) => song.figures.find((each) => each.provider === provider)?.value ?? undefined, {
        id: provider,
        header: () => <ProviderName provider={provider} />,
        cell: ({ row }) => <Figure song={row.original} provider={provider} />,
        sortUndefined: "last",
        sortDescFirst: true,
        meta: { align: "right" },
      }),
    ),
  ] as Column<Song>[];
}
