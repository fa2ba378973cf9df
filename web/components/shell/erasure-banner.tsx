"use client";

import { Button } from "@/components/ui/button";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { ago, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "@/components/messages";

/** A warning that the organisation is going to be deleted, for every member. An admin can cancel it. */
export function ErasureBanner() {
  const { org, can } = useSession();
  const { data } = useOrgQuery(["erasure"], () => call((client) => client.GET("/api/orgs/current/erasure")), {
    staleTime: 60_000,
  });
  const cancel = useApiMutation(() => call((client) => client.DELETE("/api/orgs/current/erasure")), {
    invalidates: [["erasure"], ["audit"]],
    successMessage: () => t("shell.erasure.kept"),
  });
  if (!data?.erasure) return null;
  return (
    <div
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-card bg-down-soft px-4 py-2 text-sm text-down"
    >
      <span className="min-w-0 flex-1 basis-64">
        {t("shell.erasure.note", {
          org: org?.name ?? "",
          ago: ago(data.erasure.due_at),
          moment: moment(data.erasure.due_at),
        })}
        {can("org:manage") ? "" : ` ${t("shell.erasure.ask")}`}
      </span>
      {can("org:manage") && (
        <Button busy={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
          {t("shell.erasure.keep")}
        </Button>
      )}
    </div>
  );
}
