"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { components } from "@/lib/api/schema";
import type { CalendarItem } from "@/lib/api/types";
import { t } from "./messages";

export type NewEntry = components["schemas"]["NewCalendarEntry"];
export type PitchStatus = NonNullable<CalendarItem["status"]>;

export type CalendarParams = { from: string; to: string; artist_id?: string; kind?: CalendarItem["kind"][] };

export function useCalendar(params: CalendarParams) {
  return useOrgList(["calendar", "list", params], (cursor) =>
    call((client) => client.GET("/api/calendar", { params: { query: { ...params, cursor, limit: 200 } } })),
  );
}

export function useOwners(enabled: boolean) {
  return useOrgQuery(
    ["members", "owners"],
    async () => (await call((client) => client.GET("/api/admin/users", { params: { query: { limit: 100 } } }))).items,
    { enabled },
  );
}

export function useAddEntry(onSuccess: () => void) {
  return useApiMutation((body: NewEntry) => call((client) => client.POST("/api/calendar", { body })), {
    invalidates: [["calendar"]],
    successMessage: () => t("added"),
    onSuccess,
    silent: true,
  });
}

const at = (entry_id: string) => ({ path: { entry_id } });

export function useSetStatus() {
  return useApiMutation(
    ({ id, status }: { id: string; status: PitchStatus }) =>
      call((client) => client.PATCH("/api/calendar/{entry_id}", { params: at(id), body: { status } })),
    { invalidates: [["calendar"]], successMessage: () => t("saved") },
  );
}

export function useRemoveEntry() {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/calendar/{entry_id}", { params: at(id) })),
    { invalidates: [["calendar"]], successMessage: () => t("removed") },
  );
}
