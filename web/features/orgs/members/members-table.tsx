"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { columnHelper, DataTable, type Column } from "@/components/data-table";
import { Badge } from "@/components/ui/badge";
import type { Member } from "@/lib/api/types";
import { ago, day } from "@/lib/format";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { STATUS_TONES } from "./labels";
import { t } from "../messages";

const column = columnHelper<Member>();
/** Hidden on a phone. */
const WIDE = { className: "max-md:hidden" };

/** Describe how a member's platform permissions limit the role. */
export function limits(member: Member): string {
  const parts = PROVIDER_NAMES.flatMap((provider) => {
    const may = member.platforms[provider];
    if (!may || (may.can_read && may.can_write && may.can_delete)) return [];
    const platform = providerName(provider);
    if (!may.can_read) return t("limits.hidden", { platform });
    return may.can_write ? t("limits.noDeleting", { platform }) : t("limits.readOnly", { platform });
  });
  return parts.join(", ");
}

/** Describe which artists a member sees. */
export function artistsOf(member: Pick<Member, "artist_access" | "artists" | "groups">): string {
  if (member.artist_access === "all") return t("members.seesAll");
  const names = [...member.groups, ...member.artists].map((item) => item.name);
  return names.length > 3
    ? t("members.more", { names: names.slice(0, 2).join(", "), count: names.length - 2 })
    : names.join(", ") || t("members.seesNone");
}

/** Build the columns. The name is a button that opens the member. */
function memberColumns(onOpen: (member: Member) => void) {
  return [
    column.accessor((member) => member.display_name || member.email, {
      id: "name",
      header: t("members.member"),
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
              <KeyRound className="size-3" aria-hidden /> {t("members.apiKey")}
            </span>
          ) : (
            member.display_name && <span className="block text-xs text-muted">{member.email}</span>
          )}
        </span>
      ),
    }),
    column.accessor("role", { header: t("role"), cell: ({ getValue }) => t(`roles.${getValue()}.name`) }),
    column.accessor("status", {
      header: t("members.status"),
      cell: ({ getValue }) => <Badge tone={STATUS_TONES[getValue()]}>{t(`statuses.${getValue()}`)}</Badge>,
    }),
    column.accessor((member) => artistsOf(member), {
      id: "artists",
      header: t("artists"),
      cell: ({ getValue }) => <span className="text-muted">{getValue()}</span>,
      enableSorting: false,
      meta: WIDE,
    }),
    column.accessor((member) => limits(member), {
      id: "platforms",
      header: t("members.platforms"),
      cell: ({ getValue }) => <span className="text-muted">{getValue() || t("members.allPlatforms")}</span>,
      enableSorting: false,
      meta: WIDE,
    }),
    column.accessor((member) => member.last_seen_at ?? undefined, {
      id: "seen",
      header: t("members.lastSeen"),
      cell: ({ row }) => <span className="whitespace-nowrap text-muted">{ago(row.original.last_seen_at)}</span>,
      sortUndefined: "last",
      meta: WIDE,
    }),
    column.accessor("created_at", {
      header: t("members.since"),
      meta: WIDE,
      cell: ({ getValue }) => <span className="whitespace-nowrap text-muted">{day(getValue())}</span>,
    }),
  ] as Column<Member>[];
}

export function MembersTable({ members, onOpen }: { members: Member[]; onOpen: (member: Member) => void }) {
  const [columns] = useState(() => memberColumns(onOpen));
  return (
    <DataTable
      label={t("members.title")}
      rows={members}
      columns={columns}
      rowId={(member) => member.id}
      onOpen={onOpen}
      className="[&_td]:h-12"
    />
  );
}
