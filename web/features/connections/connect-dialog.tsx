"use client";

import { useState } from "react";
import { ArtistSelect } from "@/components/artist-select";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { errorMessage } from "@/lib/api/error";
import type { Provider } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useConnect } from "./queries";

const WHAT: Record<Provider, string> = {
  spotify:
    "Spotify’s sign-in does not say whose music it is, so name the artist’s page. Streams and listeners come from exported files: Spotify does not give them to apps.",
  youtube:
    "Choose the channel on Google’s page. Views, watch time and subscribers follow, with a lag of two to three days.",
  instagram: "A Business or Creator account. Reach, views and followers follow, with a lag of up to two days.",
  soundcloud: "Plays, likes and followers are running totals: ARTi takes a snapshot each day.",
};

type Props = { provider?: Provider; artist?: string; onClose: () => void };

export function ConnectDialog({ provider: first = "spotify", artist, onClose }: Props) {
  const [provider, setProvider] = useState<Provider>(first);
  const connect = useConnect();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Connect an account"
      description="You give your consent on the platform’s own page, and can take it back at any time."
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          connect.mutate({
            provider,
            artist_id: artist ?? String(form.get("artist")),
            profile_url: String(form.get("profile") ?? "").trim() || null,
            return_to: window.location.pathname + window.location.search,
          });
        }}
      >
        <Field label="Platform" hint={WHAT[provider]}>
          {(fieldProps) => (
            <Select {...fieldProps} value={provider} onChange={(event) => setProvider(event.target.value as Provider)}>
              {PROVIDER_NAMES.map((each) => (
                <option key={each} value={each}>
                  {providerName(each)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {!artist && (
          <Field label="Artist">
            {(fieldProps) => <ArtistSelect {...fieldProps} name="artist" required none="Choose an artist" />}
          </Field>
        )}
        {provider === "spotify" && (
          <Field label="The artist’s page on Spotify">
            {(fieldProps) => (
              <Input {...fieldProps} name="profile" type="url" placeholder="https://open.spotify.com/artist/…" />
            )}
          </Field>
        )}
        {connect.error && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {errorMessage(connect.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={connect.isPending || connect.isSuccess}>
            Go on at {providerName(provider)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
