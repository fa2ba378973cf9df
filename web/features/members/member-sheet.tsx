"use client";

import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import type { Member, Role } from "@/lib/api/types";
import { ago, day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { PlatformMatrix } from "./platform-matrix";
import { useChangeMember, useRemoveMember } from "./queries";
import { ROLE_NAMES, ROLES, STATUS } from "./words";

export function MemberSheet({ member, onClose }: { member: Member; onClose: () => void }) {
  const { can, me } = useSession();
  const change = useChangeMember();
  const remove = useRemoveMember(onClose);
  const [removing, setRemoving] = useState(false);
  const may = can("members:manage");
  const name = member.display_name || member.email;
  const self = member.id === me.user.id;
  // What was asked for is shown at once; a refusal brings back what is.
  // What was chosen stays shown until the list has come again, so that a tick does not flicker back.
  const shown = change.isPending || change.isSuccess ? { ...member, ...change.variables } : member;
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} title={name} description={`${member.email} · ${STATUS[member.status].name.toLowerCase()} · since ${day(member.created_at)} · last seen ${ago(member.last_seen_at)}`}>
      <div className="grid grid-cols-1 gap-6">
        {!may && <p className="rounded-md bg-hover px-3 py-2 text-sm text-muted">Only an admin of the organisation can change this.</p>}
        <Field label="Role" hint={ROLES[shown.role].may}>
          {(wiring) => (
            <Select {...wiring} value={shown.role} disabled={!may} onChange={(event) => change.mutate({ id: member.id, role: event.target.value as Role })}>
              {ROLE_NAMES.map((role) => (
                <option key={role} value={role}>
                  {ROLES[role].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <PlatformMatrix platforms={{ ...member.platforms, ...shown.platforms }} disabled={!may} onChange={(platforms) => change.mutate({ id: member.id, platforms })} />
        {may && (
          <div className="flex flex-wrap gap-2 border-t border-line pt-4">
            {member.status === "disabled" ? (
              <Button busy={change.isPending} onClick={() => change.mutate({ id: member.id, status: "active" })}>
                Enable again
              </Button>
            ) : (
              <Button busy={change.isPending} onClick={() => change.mutate({ id: member.id, status: "disabled" })}>
                Disable
              </Button>
            )}
            <Button variant="danger" onClick={() => setRemoving(true)}>
              {self ? "Leave the organisation" : "Remove"}
            </Button>
          </div>
        )}
      </div>
      <Confirm open={removing} onOpenChange={setRemoving} title={`Remove ${name}?`} act="Remove" busy={remove.isPending} onConfirm={() => remove.mutate(member.id)}>
        They lose access to this organisation at once. What they did stays in the audit log.
      </Confirm>
    </Sheet>
  );
}
