"use client";

import { useQueryClient } from "@tanstack/react-query";
import { LanguageSelect, type Language } from "@/components/language-select";
import { Field } from "@/components/ui/field";
import { call } from "@/lib/api/client";
import { useApiMutation } from "@/lib/api/queries";
import { useSession } from "@/lib/session/context";

function useSaveLanguage(save: (language: Language | null) => Promise<unknown>) {
  const queries = useQueryClient();
  return useApiMutation(save, {
    invalidates: [["insights"]],
    successMessage: "Saved",
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }),
  });
}

/** In which language the reader gets insights. */
export function OwnLanguage() {
  const { me } = useSession();
  const save = useSaveLanguage((language) => call((client) => client.PATCH("/auth/me", { body: { language } })));
  return (
    <Field label="Language of insights" hint="These pages are in English for now" className="px-4 pb-4">
      {(props) => (
        <LanguageSelect
          {...props}
          className="max-w-80"
          value={me.user.language}
          none="As the organisation"
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
  const hint = "Of messages to channels, and of insights for members who chose none";
  return (
    <Field
      label="Language"
      hint={can("org:manage") ? hint : `${hint}. Only an admin can change it.`}
      className="px-4 pb-4"
    >
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
