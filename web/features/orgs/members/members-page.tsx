"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState, NoResults } from "@/components/ui/state";
import type { Member, Role } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { InvitationsCard } from "../invitations/invitations-card";
import { AuditCard } from "./audit-card";
import { GroupsCard } from "./groups/groups-card";
import { InviteDialog } from "./invite-dialog";
import { MemberSheet } from "./member-sheet";
import { MembersTable } from "./members-table";
import { useMembers } from "./queries";
import { ROLE_NAMES, ROLES } from "./labels";

export function MembersPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [inviting, setInviting] = useState(false);
  const filter = {
    q: get("q") || undefined,
    role: (get("role") as Role) || undefined,
    status: (get("status") as Member["status"]) || undefined,
  };
  const { items, error, refetch, isPlaceholderData, ...paging } = useMembers(filter);
  const open = items?.find((member) => member.id === get("id"));
  const view = get("view") || "members";

  return (
    <>
      <PageHeader title="Members" lead="Who works here, what their role allows, and whose numbers they see.">
        {can("members:manage") && (
          <SegmentedControl
            label="View"
            value={view}
            onChange={(next) => set({ view: next === "members" ? null : next })}
            options={[
              { value: "members", label: "Members" },
              { value: "groups", label: "Artist groups" },
              { value: "audit", label: "Audit log" },
            ]}
          />
        )}
        {can("members:manage") && (
          <Button variant="primary" onClick={() => setInviting(true)}>
            <UserPlus aria-hidden /> Invite somebody
          </Button>
        )}
      </PageHeader>
      {view === "audit" && <AuditCard />}
      {view === "groups" && <GroupsCard />}
      {view === "members" && can("members:manage") && <InvitationsCard />}
      {view === "members" && (
        <Card aria-label="Members" old={isPlaceholderData}>
          <div className="flex flex-wrap gap-2 border-b border-line p-3">
            <SearchField label="Find a member" value={get("q")} onChange={(q) => set({ q })} />
            <Select
              aria-label="Role"
              className="h-8 w-32 text-sm"
              value={get("role")}
              onChange={(event) => set({ role: event.target.value })}
            >
              <option value="">All roles</option>
              {ROLE_NAMES.map((role) => (
                <option key={role} value={role}>
                  {ROLES[role].name}
                </option>
              ))}
            </Select>
            <Select
              aria-label="Status"
              className="h-8 w-32 text-sm"
              value={get("status")}
              onChange={(event) => set({ status: event.target.value })}
            >
              <option value="">Any status</option>
              <option value="active">Active</option>
              <option value="disabled">Disabled</option>
            </Select>
          </div>
          {error && !items && <ErrorState error={error} what="The members" retry={() => void refetch()} />}
          {!items && !error && <SkeletonRows rows={5} />}
          {items && items.length > 0 && (
            <MembersTable members={items} onOpen={(member) => set({ id: member.id }, { push: true })} />
          )}
          {items?.length === 0 && (
            <NoResults query={get("q")} onClear={() => set({ q: null, role: null, status: null })} />
          )}
          <LoadMore {...paging} />
        </Card>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {open && <MemberSheet member={open} onClose={() => set({ id: null })} />}
    </>
  );
}
