"use client";

import { Link } from "@/components/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import { useSources } from "@/lib/api/sources";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";

/** Read a table that is not recognised as one of an own source: next it asks what each column holds. */
export function MapColumns({ id }: { id: string }) {
  const { get, set } = useUrlState();
  const own = useSources().data?.filter((each) => each.own);
  const [source, setSource] = useState("");
  const map = useApiMutation(
    () =>
      call((client) =>
        client.POST("/api/imports/{import_id}/mapping", { params: { path: { import_id: id } }, body: { source } }),
      ),
    {
      // Not the refused import itself, which is no more.
      invalidates: [
        ["imports", "list"],
        ["imports", "batch"],
      ],
      onSuccess: (made) => set({ [get("import") ? "import" : "id"]: made.id }),
    },
  );
  if (own?.length === 0) {
    return (
      <p className="text-sm text-muted">
        {t.rich("mapping.noSource", {
          link: (chunks) => (
            <Link href="/sources/" className="text-accent hover:underline">
              {chunks}
            </Link>
          ),
        })}
      </p>
    );
  }
  return (
    <form
      className="flex flex-wrap items-end gap-3 rounded-card bg-sunken p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (source) map.mutate(undefined);
      }}
    >
      <Field label={t("mapping.question")} hint={t("mapping.hint")} className="min-w-0 flex-1 basis-60">
        {(fieldProps) => (
          <Select {...fieldProps} value={source} onChange={(event) => setSource(event.target.value)}>
            <option value="">{t("mapping.choose")}</option>
            {own?.map((each) => (
              <option key={each.slug} value={each.slug}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit" size="md" disabled={!source} busy={map.isPending}>
        {t("mapping.submit")}
      </Button>
    </form>
  );
}
