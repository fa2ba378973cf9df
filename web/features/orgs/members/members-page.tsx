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
import { ROLE_NAMES } from "./labels";
import { t } from "../messages";

const VIEWS = ["members", "groups", "audit"] as const;

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
  const view = VIEWS.find((each) => each === get("view")) ?? "members";

  return (
    <>
      <PageHeader title={t("members.title")} lead={t("members.lead")}>
        {can("members:manage") && (
          <SegmentedControl
            label={t("view")}
            value={view}
            onChange={(next) => set({ view: next === "members" ? null : next })}
            options={[
              { value: "members", label: t("members.title") },
              { value: "groups", label: t("members.groups") },
              { value: "audit", label: t("members.audit") },
            ]}
          />
        )}
        {can("members:manage") && (
          <Button variant="primary" onClick={() => setInviting(true)}>
            <UserPlus aria-hidden /> {t("invite.title")}
          </Button>
        )}
      </PageHeader>
      {view === "audit" && <AuditCard />}
      {view === "groups" && <GroupsCard />}
      {view === "members" && can("members:manage") && <InvitationsCard />}
      {view === "members" && (
        <Card aria-label={t("members.title")} old={isPlaceholderData}>
          <div className="flex flex-wrap gap-2 border-b border-line p-3">
            <SearchField label={t("members.find")} value={get("q")} onChange={(q) => set({ q })} />
            <Select
              aria-label={t("role")}
              className="h-8 w-32 text-sm"
              value={get("role")}
              onChange={(event) => set({ role: event.target.value })}
            >
              <option value="">{t("members.allRoles")}</option>
              {ROLE_NAMES.map((role) => (
                <option key={role} value={role}>
                  {t(`roles.${role}.name`)}
                </option>
              ))}
            </Select>
            <Select
              aria-label={t("members.status")}
              className="h-8 w-32 text-sm"
              value={get("status")}
              onChange={(event) => set({ status: event.target.value })}
            >
              <option value="">{t("members.anyStatus")}</option>
              <option value="active">{t("statuses.active")}</option>
              <option value="disabled">{t("statuses.disabled")}</option>
            </Select>
          </div>
          {error && !items && <ErrorState error={error} what={t("members.what")} retry={() => void refetch()} />}
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
