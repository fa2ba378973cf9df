"use client";

import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { choice, optionalWebAddress } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/field";
import type { Provider } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { t } from "./messages";
import { useConnect } from "./queries";

const schema = z.object({
  provider: z.enum(["spotify", "youtube", "soundcloud", "instagram"]),
  artist_id: choice(() => t("dialog.artistMissing")),
  profile_url: optionalWebAddress,
});

type Props = { provider?: Provider; artist?: string; onClose: () => void };

export function ConnectDialog({ provider: first = "spotify", artist, onClose }: Props) {
  const connect = useConnect();
  const form = useApiForm({
    schema,
    defaultValues: { provider: first, artist_id: artist ?? "", profile_url: "" },
    onSubmit: async ({ profile_url, ...values }) => {
      await connect.mutateAsync({
        ...values,
        profile_url: (values.provider === "spotify" && profile_url) || null,
        return_to: window.location.pathname + window.location.search,
      });
      await new Promise(() => undefined); // busy until the browser has left for the platform
    },
  });
  const provider = form.watch("provider");
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("connectAccount")} description={t("dialog.hint")}>
      <Form form={form}>
        <FormField form={form} name="provider" label={t("dialog.platform")} hint={t(`dialog.hints.${provider}`)}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              {PROVIDER_NAMES.map((name) => (
                <option key={name} value={name}>
                  {providerName(name)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        {!artist && (
          <FormField form={form} name="artist_id" label={t("dialog.artist")}>
            {(fieldProps) => <ArtistSelect {...fieldProps} required none={t("dialog.artistNone")} />}
          </FormField>
        )}
        {provider === "spotify" && (
          <FormField form={form} name="profile_url" label={t("dialog.page")}>
            {(fieldProps) => <Input {...fieldProps} type="url" placeholder="https://open.spotify.com/artist/…" />}
          </FormField>
        )}
        <DialogFooter
          form={form}
          submitLabel={t("dialog.submit", { platform: providerName(provider) })}
          onCancel={onClose}
        />
      </Form>
    </Dialog>
  );
}
