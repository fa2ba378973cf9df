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
import { useConnect } from "./queries";

const HINTS: Record<Provider, string> = {
  spotify:
    "Spotify’s sign-in does not tell whose music it is, so add the link to the artist’s page. Streams and listeners come from exported files: Spotify does not give them to apps.",
  youtube:
    "Choose the channel on Google’s page. Views, watch time and subscribers follow, with a delay of two to three days.",
  instagram: "A Business or Creator account. Reach, views and followers follow, with a delay of up to two days.",
  soundcloud: "Plays, likes and followers are running totals: ARTi takes a snapshot each day.",
};

const schema = z.object({
  provider: z.enum(["spotify", "youtube", "soundcloud", "instagram"]),
  artist_id: choice("Choose an artist."),
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
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Connect an account"
      description="You give your consent on the platform’s own page and can withdraw it at any time."
    >
      <Form form={form}>
        <FormField form={form} name="provider" label="Platform" hint={HINTS[provider]}>
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
          <FormField form={form} name="artist_id" label="Artist">
            {(fieldProps) => <ArtistSelect {...fieldProps} required none="Choose an artist" />}
          </FormField>
        )}
        {provider === "spotify" && (
          <FormField form={form} name="profile_url" label="The artist’s page on Spotify">
            {(fieldProps) => <Input {...fieldProps} type="url" placeholder="https://open.spotify.com/artist/…" />}
          </FormField>
        )}
        <DialogFooter form={form} submitLabel={`Continue to ${providerName(provider)}`} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
