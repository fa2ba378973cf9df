"use client";

import { useState } from "react";
import { ArtistSelect } from "@/components/artist-select";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { EmptyState } from "@/components/ui/state";
import { errorMessage } from "@/lib/api/error";
import type { Provider, Rule, Severity } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useAddRule, useChangeRule, useChannels } from "./queries";
import { EVENTS, KINDS } from "./labels";

const SEVERAL = "several";

type Props = {
  /** Given: this rule is changed, else a new one is made. */
  rule?: Rule;
  onClose: () => void;
  onNeedChannel?: () => void;
};

export function RuleDialog({ rule, onClose, onNeedChannel }: Props) {
  const channels = useChannels();
  const add = useAddRule(onClose);
  const change = useChangeRule(onClose);
  const [event, setEvent] = useState<Rule["event_type"]>(rule?.event_type ?? "insight.created");
  const [noPlatform, setNoPlatform] = useState(false);
  const was = rule?.conditions;
  // Several artists are chosen by the API only: the form keeps them until another choice is made.
  const artists = was?.artist_ids ?? [];
  const problem = add.error ?? change.error;

  const submit = (form: FormData) => {
    const providers = form.getAll("provider") as Provider[];
    setNoPlatform(providers.length === 0);
    if (providers.length === 0) return;
    const artist = String(form.get("artist") ?? "");
    const params = {
      name: String(form.get("name")),
      event_type: event,
      channel_id: String(form.get("channel")),
      conditions: {
        ...was,
        min_severity: event === "insight.created" ? (form.get("severity") as Severity) : null,
        providers: providers.length < PROVIDER_NAMES.length ? providers : null,
        artist_ids: artist === SEVERAL ? artists : artist ? [artist] : null,
      },
    };
    if (rule) change.mutate({ id: rule.id, ...params });
    else add.mutate({ ...params, enabled: true });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={rule ? "Change the rule" : "Add a rule"}
      description="When this happens, tell that channel."
    >
      {channels.items?.length === 0 ? (
        <EmptyState
          title="First, a channel"
          action={
            <Button variant="primary" onClick={onNeedChannel}>
              Add a channel
            </Button>
          }
        >
          A rule needs a place where its messages go.
        </EmptyState>
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(submitted) => {
            submitted.preventDefault();
            submit(new FormData(submitted.currentTarget));
          }}
        >
          <Field label="Name">
            {(fieldProps) => (
              <Input
                {...fieldProps}
                name="name"
                defaultValue={rule?.name}
                required
                maxLength={120}
                placeholder="Important insights to the team"
              />
            )}
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="When" className={event === "insight.created" ? "" : "sm:col-span-2"}>
              {(fieldProps) => (
                <Select
                  {...fieldProps}
                  value={event}
                  onChange={(change) => setEvent(change.target.value as Rule["event_type"])}
                >
                  {Object.entries(EVENTS).map(([type, words]) => (
                    <option key={type} value={type}>
                      {words}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {event === "insight.created" && (
              <Field label="At least">
                {(fieldProps) => (
                  <Select
                    {...fieldProps}
                    name="severity"
                    defaultValue={rule ? (was?.min_severity ?? "info") : "notice"}
                  >
                    <option value="info">Info</option>
                    <option value="notice">Notice</option>
                    <option value="important">Important</option>
                  </Select>
                )}
              </Field>
            )}
          </div>
          <fieldset>
            <legend className="mb-1.5 text-sm font-medium">Platforms</legend>
            <div className="flex flex-wrap gap-x-5 gap-y-2">
              {PROVIDER_NAMES.map((provider) => (
                <Checkbox
                  key={provider}
                  name="provider"
                  value={provider}
                  defaultChecked={was?.providers?.includes(provider) ?? true}
                  label={providerName(provider)}
                />
              ))}
            </div>
            {noPlatform && (
              <p role="alert" className="mt-1.5 text-xs font-medium text-down">
                Choose at least one platform: a rule for none would never tell anything.
              </p>
            )}
          </fieldset>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Artist">
              {(fieldProps) => (
                <ArtistSelect
                  {...fieldProps}
                  name="artist"
                  none="All artists"
                  defaultValue={artists.length > 1 ? SEVERAL : artists[0]}
                >
                  {artists.length > 1 && <option value={SEVERAL}>{artists.length} chosen artists</option>}
                </ArtistSelect>
              )}
            </Field>
            <Field label="Tell">
              {(fieldProps) => (
                <Select
                  {...fieldProps}
                  name="channel"
                  defaultValue={rule?.channel_id}
                  key={channels.items?.length}
                  required
                >
                  {channels.items?.map((channel) => (
                    <option key={channel.id} value={channel.id}>
                      {channel.name} ({KINDS[channel.kind].name})
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          {problem && (
            <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
              {errorMessage(problem)}
            </p>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={add.isPending || change.isPending}>
              {rule ? "Save" : "Add the rule"}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
