"use client";

import { useQueryClient } from "@tanstack/react-query";
import { LanguageSelect, type Language } from "@/components/language-select";
import { Field } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";

function useSaveLanguage(save: (language: Language | null) => Promise<unknown>) {
  const queries = useQueryClient();
  return useApiMutation(save, {
    invalidates: [["insights"]],
    successMessage: () => t("saved"),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
  });
}

/** In which language the reader reads pages, insights and mails. */
export function OwnLanguage() {
  const { me } = useSession();
  const save = useSaveLanguage((language) => call((client) => client.PATCH("/auth/me", { body: { language } })));
  return (
    <Field label={t("language.own")} className="px-4 pb-4">
      {(props) => (
        <LanguageSelect
          {...props}
          className="max-w-80"
          value={me.user.language}
          none={t("language.asOrg")}
          onChange={(language) => save.mutate(language)}
        />
      )}
    </Field>
  );
}

/** In which language the org's channels speak. */
export function OrgLanguage() {
  const { org, can } = useSession();
  const save = useSaveLanguage((language) =>
    call((client) => client.PATCH("/api/orgs/current", { body: { language } })),
  );
  const hint = can("org:manage") ? t("language.orgHint") : t("language.orgHintForOthers");
  return (
    <Field label={t("language.own")} hint={hint} className="px-4 pb-4">
      {(props) => (
        <LanguageSelect
          {...props}
          className="max-w-80"
          disabled={!can("org:manage")}
          value={org?.language ?? "en"}
          onChange={(language) => save.mutate(language)}
        />
      )}
    </Field>
  );
}
