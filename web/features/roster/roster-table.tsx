"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { Avatar } from "@/components/avatar";
import { columnHelper, DataTable, type Column } from "@/components/data-table";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Artist, Provider } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { PROVIDER_NAMES } from "@/lib/providers";
import { HeadlineNumber } from "./headline";

const of = (artist: Artist, provider: Provider) => artist.headline.find((each) => each.provider === provider);
const href = (artist: Artist) => `/artist/?id=${artist.id}`;

function ArtistName({ artist }: { artist: Artist }) {
  const broken = artist.accounts.filter((account) => account.status === "needs_reauth");
  return (
    <span className="flex items-center gap-3">
      <Avatar name={artist.name} url={artist.image_url} />
      <span className="min-w-0">
        <Link
          href={href(artist)}
          title={artist.name}
          className="block truncate font-semibold hover:text-accent max-md:py-0.5"
          onClick={(event) => event.stopPropagation()}
        >
          {artist.name}
        </Link>
        <span className="flex items-center gap-2 text-xs text-muted">
          <span className="truncate">
            {[...artist.genres.slice(0, 2), artist.country].filter(Boolean).join(" · ") || "No details yet"}
          </span>
          {broken.length > 0 && <Badge tone="warn">Reconnect</Badge>}
        </span>
      </span>
    </span>
  );
}

const column = columnHelper<Artist>();
const columns = [
  column.accessor("name", {
    header: "Artist",
    cell: ({ row }) => <ArtistName artist={row.original} />,
    meta: { className: "max-w-80" },
  }),
  ...PROVIDER_NAMES.map((provider) =>
    column.accessor((artist) => of(artist, provider)?.value ?? undefined, {
      id: provider,
      header: () => <ProviderName provider={provider} />,
      cell: ({ row }) => <HeadlineNumber headline={of(row.original, provider)} />,
      sortDescFirst: true,
      sortUndefined: "last",
      meta: { align: "right" },
    }),
  ),
] as Column<Artist>[];

type Props = { artists: Artist[]; className?: string };

export function RosterTable({ artists, className }: Props) {
  const router = useRouter();
  return (
    <DataTable
      label="Roster"
      rows={artists}
      columns={columns}
      rowId={(artist) => artist.id}
      onOpen={(artist) => router.push(href(artist))}
      className={cn("[&_td]:h-14", className)}
    />
  );
}

/** The list on a phone. */
export function RosterList({ artists, className }: Props) {
  return (
    <ul className={cn("divide-y divide-line", className)}>
      {artists.map((artist) => (
        <li key={artist.id} className="px-4 py-3">
          <ArtistName artist={artist} />
          <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2 pl-11">
            {artist.headline.map((headline) => (
              <div key={headline.provider} className="grid justify-items-start">
                <dt className="flex items-center gap-1.5 text-xs text-muted">
                  <ProviderName provider={headline.provider} />
                </dt>
                <dd className="[&>span]:justify-items-start">
                  <HeadlineNumber headline={headline} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
