"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { SavedView, SavedViewContent } from "@/lib/api/types";
import { useToast } from "@/lib/toast";
import { t } from "./messages";

const STALE = { invalidates: [["views"]] };

export const contentOf = ({ name, path, query, is_shared }: SavedView): SavedViewContent => {
  return { name, path, query, is_shared };
};

export const addressOf = ({ path, query }: Pick<SavedView, "path" | "query">) => (query ? `${path}?${query}` : path);

const PAGES = { "/": "roster", "/artist/": "artist", "/compare/": "compare" } as const;

/** The name of the page that a view shows. */
export const pageOf = ({ path }: Pick<SavedView, "path">) => t(`pages.${PAGES[path]}`);

/** The page that is shown now, as a view keeps it; `path` has its slash at the end. */
export function shownPage(): Pick<SavedViewContent, "path" | "query"> {
  const path = window.location.pathname.replace(/\/?$/, "/") as SavedViewContent["path"];
  const query = new URLSearchParams(window.location.search);
  query.delete("page");
  return { path, query: query.toString() };
}

export function useSavedViews(enabled = true) {
  return useOrgQuery(["views"], () => call((client) => client.GET("/api/views")), { enabled });
}

/** Save a new view, or change the one with `id`. */
export function useSaveView(id?: string, options: { message?: (name: string) => string; onSuccess?: () => void } = {}) {
  const { message = (name: string) => t("dialog.saved", { name }), onSuccess } = options;
  return useApiMutation(
    (body: SavedViewContent) =>
      call((client) =>
        id
          ? client.PUT("/api/views/{view_id}", { params: { path: { view_id: id } }, body })
          : client.POST("/api/views", { body }),
      ),
    { ...STALE, successMessage: ({ name }) => message(name), onSuccess, silent: !!onSuccess },
  );
}

/** Delete a view; the toast brings it back. */
export function useRemoveView() {
  const { showToast } = useToast();
  const again = useSaveView();
  return useApiMutation(
    (view: SavedView) =>
      call((client) => client.DELETE("/api/views/{view_id}", { params: { path: { view_id: view.id } } })),
    {
      ...STALE,
      onSuccess: (_, view) =>
        showToast(t("row.deleted", { name: view.name }), {
          action: { label: t("row.undo"), run: () => again.mutate(contentOf(view)) },
        }),
    },
  );
}
