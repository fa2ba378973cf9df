"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { t } from "../messages";

/** How the columns of tables of own sources are read, as people said. */
export function useMappings() {
  return useOrgQuery(["imports", "mappings"], () => call((client) => client.GET("/api/import-mappings")));
}

export function useForgetMapping(onSuccess: () => void) {
  return useApiMutation(
    (mapping_id: string) =>
      call((client) => client.DELETE("/api/import-mappings/{mapping_id}", { params: { path: { mapping_id } } })),
    { invalidates: [["imports", "mappings"]], successMessage: () => t("mappings.forgotten"), onSuccess },
  );
}
