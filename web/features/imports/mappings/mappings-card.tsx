"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { useSources } from "@/lib/api/sources";
import type { ImportMapping } from "@/lib/api/types";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "../messages";
import { useForgetMapping, useMappings } from "./queries";

/** The kept mappings of columns; nothing while there are none. */
export function MappingsCard() {
  const { can } = useSession();
  const { data } = useMappings();
  const names = new Map(useSources().data?.map((source) => [source.slug, source.name]));
  const [forgetting, setForgetting] = useState<ImportMapping | null>(null);
  const forget = useForgetMapping(() => setForgetting(null));
  if (!data?.length) return null;
  const nameOf = (mapping: ImportMapping) => names.get(mapping.source) ?? mapping.source;
  return (
    <Card aria-labelledby="mappings-title">
      <CardHeader id="mappings-title" title={t("mappings.title")} note={t("mappings.note")} />
      <ul className="divide-y divide-line border-t border-line text-sm">
        {data.map((mapping) => (
          <li key={mapping.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 basis-60">
              <span className="block font-medium">{nameOf(mapping)}</span>
              <span className="block truncate text-xs text-muted" title={mapping.header.join(", ")}>
                {mapping.header.join(", ")}
              </span>
            </span>
            <span className="text-xs text-muted">{day(mapping.saved_at)}</span>
            {can("imports:write") && (
              <Button
                variant="ghost"
                aria-label={t("mappings.forgetOf", { name: nameOf(mapping), columns: mapping.header.join(", ") })}
                onClick={() => setForgetting(mapping)}
              >
                {t("mappings.forget")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={forgetting !== null}
        onOpenChange={(open) => !open && setForgetting(null)}
        title={forgetting ? t("mappings.question", { name: nameOf(forgetting) }) : ""}
        act={t("mappings.forget")}
        busy={forget.isPending}
        onConfirm={() => forgetting && forget.mutate(forgetting.id)}
      >
        {t("mappings.hint")}
      </ConfirmDialog>
    </Card>
  );
}
