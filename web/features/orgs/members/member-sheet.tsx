"use client";

import { Link } from "@/components/link";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button, buttonStyle } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import type { Member, Role } from "@/lib/api/types";
import { ago, day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { MemberArtists } from "./member-artists";
import { MoneyAccess } from "./money-access";
import { PlatformMatrix } from "./platform-matrix";
import { useChangeMember, useRemoveMember } from "./queries";
import { ROLE_NAMES } from "./labels";
import { t } from "../messages";

export function MemberSheet({ member, onClose }: { member: Member; onClose: () => void }) {
  const { can, me } = useSession();
  const change = useChangeMember();
  const remove = useRemoveMember(onClose);
  const [removing, setRemoving] = useState(false);
  const may = can("members:manage");
  const name = member.display_name || member.email;
  const self = member.id === me.user.id;
  // Optimistic: shown immediately, rolled back when the server refuses.
  // Kept until the list is refetched, so that a checkbox does not flicker back.
  const shown = change.isPending || change.isSuccess ? { ...member, ...change.variables } : member;
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={name}
      description={t("member.about", {
        what: member.machine ? t("members.apiKey") : member.email,
        status: t(`statuses.${member.status}`).toLowerCase(),
        day: day(member.created_at),
        seen: member.last_seen_at ? t("member.seen", { ago: ago(member.last_seen_at) }) : t("member.notSeen"),
      })}
    >
      <div className="grid grid-cols-1 gap-6">
        {!may && <p className="rounded-md bg-hover px-3 py-2 text-sm text-muted">{t("member.onlyAdmin")}</p>}
        <Field label={t("role")} hint={t(`roles.${shown.role}.hint`)}>
          {(fieldProps) => (
            <Select
              {...fieldProps}
              value={shown.role}
              disabled={!may}
              onChange={(event) => change.mutate({ id: member.id, role: event.target.value as Role })}
            >
              {ROLE_NAMES.filter((role) => !member.machine || role !== "admin").map((role) => (
                <option key={role} value={role}>
                  {t(`roles.${role}.name`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <MemberArtists member={member} disabled={!may} />
        <MoneyAccess
          role={shown.role}
          value={shown.money_access ?? null}
          disabled={!may}
          onChange={(money_access) => change.mutate({ id: member.id, money_access })}
        />
        <PlatformMatrix
          platforms={{ ...member.platforms, ...shown.platforms }}
          disabled={!may}
          onChange={(platforms) => change.mutate({ id: member.id, platforms })}
        />
        {may && member.machine && (
          <p className="border-t border-line pt-4 text-sm text-muted">
            {t.rich("member.isKey", {
              link: (chunks) => (
                <Link href="/keys/" className={buttonStyle({ variant: "link" })}>
                  {chunks}
                </Link>
              ),
            })}
          </p>
        )}
        {may && !member.machine && (
          <div className="flex flex-wrap gap-2 border-t border-line pt-4">
            {member.status === "disabled" ? (
              <Button busy={change.isPending} onClick={() => change.mutate({ id: member.id, status: "active" })}>
                {t("member.enable")}
              </Button>
            ) : (
              <Button busy={change.isPending} onClick={() => change.mutate({ id: member.id, status: "disabled" })}>
                {t("member.disable")}
              </Button>
            )}
            <Button variant="danger" onClick={() => setRemoving(true)}>
              {self ? t("member.leave") : t("remove")}
            </Button>
          </div>
        )}
      </div>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("removeQuestion", { name })}
        act={t("remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(member.id)}
      >
        {t("member.removeHint")}
      </ConfirmDialog>
    </Sheet>
  );
}
