"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList } from "@/lib/api/queries";
import { t } from "../messages";

export function useStatements() {
  return useOrgList(["royalties", "statements"], (cursor) =>
    call((client) => client.GET("/api/royalties/statements", { params: { query: { cursor, limit: 20 } } })),
  );
}

export function useDeleteStatement(onSuccess: () => void) {
  return useApiMutation(
    (statement_id: string) =>
      call((client) =>
        client.DELETE("/api/royalties/statements/{statement_id}", { params: { path: { statement_id } } }),
      ),
    { invalidates: [["royalties"]], successMessage: () => t("statements.deleted"), onSuccess },
  );
}
