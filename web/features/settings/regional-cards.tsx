"use client";

import { useQueryClient } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";
import { RegionalSelects, type RegionalChoice } from "./regional-selects";
import { t } from "./messages";

type Change = Partial<RegionalChoice>;

function useSaveRegional(save: (change: Change) => Promise<unknown>) {
  const queries = useQueryClient();
  return useApiMutation(save, {
    invalidates: [["insights"], ["artists"]],
    successMessage: () => t("saved"),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
  });
}

/** How the reader writes times, weeks and numbers. */
export function OwnRegion() {
  const { me } = useSession();
  const save = useSaveRegional((body) => call((client) => client.PATCH("/auth/me", { body })));
  return <RegionalSelects value={me.user} none={t("language.asOrg")} onChange={(change) => save.mutate(change)} />;
}

/** How the org's messages and members who chose nothing write them. */
export function OrgRegion() {
  const { org, can } = useSession();
  const save = useSaveRegional((body) => call((client) => client.PATCH("/api/orgs/current", { body })));
  if (!org) return null;
  return <RegionalSelects value={org} disabled={!can("org:manage")} onChange={(change) => save.mutate(change)} />;
}
