"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { OrgLogo } from "@/components/org-logo";
import { Button } from "@/components/ui/button";
import { call } from "@/lib/api/client";
import { errorMessage } from "@/lib/api/error";
import { useApiMutation } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";

/** The organisation's logo as it is shown, with what an admin can do about it. */
export function LogoField() {
  const { org, can } = useSession();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [removing, setRemoving] = useState(false);
  const options = {
    invalidates: [["audit"]],
    onSuccess: () => {
      setRemoving(false);
      void queries.invalidateQueries({ queryKey: ["me"] });
    },
    silent: true,
  };
  const upload = useApiMutation(
    (file: File) => {
      const form = new FormData();
      form.set("file", file);
      return call((client) => client.PUT("/api/orgs/current/logo", { body: { file: "" }, bodySerializer: () => form }));
    },
    { ...options, successMessage: () => t("logo.saved") },
  );
  const remove = useApiMutation(() => call((client) => client.DELETE("/api/orgs/current/logo")), {
    ...options,
    successMessage: () => t("logo.removed"),
  });
  const error = upload.error ?? remove.error;
  return (
    <div className="px-4 pb-4" role="group" aria-labelledby="logo-title">
      <span id="logo-title" className="text-sm font-medium">
        {t("logo.title")}
      </span>
      <div className="mt-1.5 flex flex-wrap items-center gap-3">
        <OrgLogo className="size-12 text-lg" />
        {can("org:manage") && (
          <>
            <input
              ref={input}
              type="file"
              accept="image/png,image/jpeg,image/webp"
              aria-label={t("logo.file")}
              className="sr-only"
              tabIndex={-1}
              onChange={(event) => {
                const file = event.target.files?.[0];
                event.target.value = "";
                if (file) upload.mutate(file);
              }}
            />
            <Button variant="outline" busy={upload.isPending} onClick={() => input.current?.click()}>
              {org?.logo_id ? t("logo.replace") : t("logo.upload")}
            </Button>
            {org?.logo_id && (
              <Button variant="ghost" onClick={() => setRemoving(true)}>
                {t("remove")}
              </Button>
            )}
          </>
        )}
      </div>
      <p className="mt-1.5 text-xs text-muted">{can("org:manage") ? t("logo.hint") : t("onlyAdmin")}</p>
      {error && (
        <p role="alert" className="mt-1.5 text-xs font-medium text-down">
          {errorMessage(error)}
        </p>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t("logo.question")}
        act={t("remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
      >
        {t("logo.letter")}
      </ConfirmDialog>
    </div>
  );
}
