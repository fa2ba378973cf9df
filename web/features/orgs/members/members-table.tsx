"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { columnHelper, DataTable, type Column } from "@/components/data-table";
import { Badge } from "@/components/ui/badge";
import type { Member } from "@/lib/api/types";
import { ago, day } from "@/lib/format";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { ROLES, STATUS } from "./labels";

const column = columnHelper<Member>();
/** Hidden on a phone. */
const WIDE = { className: "max-md:hidden" };

/** Describe how a member's platform permissions limit the role. */
export function limits(member: Member): string {
  const parts = PROVIDER_NAMES.flatMap((provider) => {
    const may = member.platforms[provider];
    if (!may || (may.can_read && may.can_write && may.can_delete)) return [];
    const verb = !may.can_read ? "hidden" : !may.can_write ? "read only" : "no deleting";
    return [`${providerName(provider)} ${verb}`];
  });
  return parts.join(", ");
}

/** Describe which artists a member sees. */
export function artistsOf(member: Pick<Member, "artist_access" | "artists" | "groups">): string {
  if (member.artist_access === "all") return "all";
  const names = [...member.groups, ...member.artists].map((item) => item.name);
  return names.length > 3
    ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`
    : names.join(", ") || "none yet";
}

/** Build the columns. The name is a button that opens the member. */
function memberColumns(onOpen: (member: Member) => void) {
  return [
    column.accessor((member) => member.display_name || member.email, {
      id: "name",
      header: "Member",
      cell: ({ row: { original: member } }) => (
        <span className="block md:min-w-44">
          <button
            type="button"
            className="text-left font-medium break-words hover:text-accent"
            onClick={(event) => {
              event.stopPropagation();
              onOpen(member);
            }}
          >
            {member.display_name || member.email}
          </button>
          {member.machine ? (
            <span className="flex items-center gap-1 text-xs text-muted">
              <KeyRound className="size-3" aria-hidden /> API key
            </span>
          ) : (
            member.display_name && <span className="block text-xs text-muted">{member.email}</span>
          )}
        </span>
      ),
    }),
    column.accessor("role", { header: "Role", cell: ({ getValue }) => ROLES[getValue()].name }),
    column.accessor("status", {
      header: "Status",
      cell: ({ getValue }) => <Badge tone={STATUS[getValue()].tone}>{STATUS[getValue()].name}</Badge>,
    }),
    column.accessor((member) => artistsOf(member), {
      id: "artists",
      header: "Artists",
      cell: ({ getValue }) => <span className="text-muted">{getValue()}</span>,
      enableSorting: false,
      meta: WIDE,
    }),
    column.accessor((member) => limits(member), {
      id: "platforms",
      header: "Platforms",
      cell: ({ getValue }) => <span className="text-muted">{getValue() || "all"}</span>,
      enableSorting: false,
      meta: WIDE,
    }),
    column.accessor((member) => member.last_seen_at ?? undefined, {
      id: "seen",
      header: "Last seen",
      cell: ({ row }) => <span className="whitespace-nowrap text-muted">{ago(row.original.last_seen_at)}</span>,
      sortUndefined: "last",
      meta: WIDE,
    }),
    column.accessor("created_at", {
      header: "Since",
      meta: WIDE,
      cell: ({ getValue }) => <span className="whitespace-nowrap text-muted">{day(getValue())}</span>,
    }),
  ] as Column<Member>[];
}

export function MembersTable({ members, onOpen }: { members: Member[]; onOpen: (member: Member) => void }) {
  const [columns] = useState(() => memberColumns(onOpen));
  return (
    <DataTable
      label="Members"
      rows={members}
      columns={columns}
      rowId={(member) => member.id}
      onOpen={onOpen}
      className="[&_td]:h-12"
    />
  );
}
