"use client";

import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { choice, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Channel, Provider, Rule } from "@/lib/api/types";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { EVENTS } from "./labels";
import { useAddRule, useChangeRule, useChannels } from "./queries";
import { t } from "./messages";

/** The option for a rule with several artists, which only the API can create. */
const SEVERAL = "several";

const schema = z.object({
  name: requiredText(120, () => t("nameMissing")),
  event: z.enum(["insight.created", "account.needs_reauth", "sync.failed"]),
  severity: z.enum(["info", "notice", "important"]),
  providers: z.array(z.string()).min(1, { error: () => t("rule.noPlatform") }),
  artist: z.string(),
  channel: choice(() => t("rule.channelMissing")),
});

type Props = {
  /** The rule to change; without it a new one is created. */
  rule?: Rule;
  onClose: () => void;
  onNeedChannel?: () => void;
};

export function RuleDialog({ rule, onClose, onNeedChannel }: Props) {
  const channels = useChannels();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={rule ? t("rule.changeTitle") : t("rule.addTitle")}
      description={t("rule.lead")}
    >
      {!channels.items && channels.error && (
        <ErrorState error={channels.error} what={t("channels.what")} retry={() => void channels.refetch()} />
      )}
      {!channels.items && !channels.error && <SkeletonRows rows={4} className="px-0" />}
      {channels.items?.length === 0 && (
        <EmptyState
          title={t("rule.noChannel")}
          action={
            <Button variant="primary" onClick={onNeedChannel}>
              {t("channel.addTitle")}
            </Button>
          }
        >
          {t("rule.noChannelHint")}
        </EmptyState>
      )}
      {channels.items && channels.items.length > 0 && (
        <RuleForm rule={rule} channels={channels.items} onClose={onClose} />
      )}
    </Dialog>
  );
}

type FormProps = { rule: Rule | undefined; channels: Channel[]; onClose: () => void };

function RuleForm({ rule, channels, onClose }: FormProps) {
  const add = useAddRule(onClose);
  const change = useChangeRule(onClose);
  const conditions = rule?.conditions;
  const artists = conditions?.artist_ids ?? [];
  const form = useApiForm({
    schema,
    defaultValues: {
      name: rule?.name ?? "",
      event: rule?.event_type ?? "insight.created",
      severity: rule ? (conditions?.min_severity ?? "info") : "notice",
      providers: conditions?.providers ?? PROVIDER_NAMES,
      artist: artists.length > 1 ? SEVERAL : (artists[0] ?? ""),
      channel: rule?.channel_id ?? channels[0]?.id ?? "",
    },
    apiFields: {
      event_type: "event",
      channel_id: "channel",
      "conditions.min_severity": "severity",
      "conditions.providers": "providers",
      "conditions.artist_ids": "artist",
    },
    onSubmit: async (values) => {
      const body = {
        name: values.name,
        event_type: values.event,
        channel_id: values.channel,
        conditions: {
          ...conditions, // keeps conditions that the form does not show
          min_severity: values.event === "insight.created" ? values.severity : null,
          providers: values.providers.length < PROVIDER_NAMES.length ? (values.providers as Provider[]) : null,
          artist_ids: values.artist === SEVERAL ? artists : values.artist ? [values.artist] : null,
        },
      };
      if (rule) await change.mutateAsync({ id: rule.id, ...body });
      else await add.mutateAsync({ ...body, enabled: true });
    },
  });
  const event = form.watch("event");
  const platforms = form.register("providers");
  const platformError = form.formState.errors.providers?.message;
  return (
    <Form form={form}>
      <FormField form={form} name="name" label={t("name")}>
        {(fieldProps) => <Input {...fieldProps} required maxLength={120} placeholder={t("rule.example")} />}
      </FormField>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField
          form={form}
          name="event"
          label={t("rule.when")}
          className={event === "insight.created" ? "" : "sm:col-span-2"}
        >
          {(fieldProps) => (
            <Select {...fieldProps}>
              {EVENTS.map((type) => (
                <option key={type} value={type}>
                  {t(`events.${type}`)}
                </option>
              ))}
            </Select>
          )}
        </FormField>
        {event === "insight.created" && (
          <FormField form={form} name="severity" label={t("rule.atLeast")}>
            {(fieldProps) => (
              <Select {...fieldProps}>
                <option value="info">{t("severities.info")}</option>
                <option value="notice">{t("severities.notice")}</option>
                <option value="important">{t("severities.important")}</option>
              </Select>
            )}
          </FormField>
        )}
      </div>
      <fieldset aria-describedby={platformError ? "platforms-error" : undefined}>
        <legend className="mb-1.5 text-sm font-medium">{t("rule.platforms")}</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {PROVIDER_NAMES.map((provider) => (
            <Checkbox key={provider} {...platforms} value={provider} label={providerName(provider)} />
          ))}
        </div>
        {platformError && (
          <p id="platforms-error" role="alert" className="mt-1.5 text-xs font-medium text-down">
            {platformError}
          </p>
        )}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField form={form} name="artist" label={t("rule.artist")}>
          {(fieldProps) => (
            <ArtistSelect {...fieldProps} none={t("rule.allArtists")}>
              {artists.length > 1 && (
                <option value={SEVERAL}>{t("rule.chosenArtists", { count: artists.length })}</option>
              )}
            </ArtistSelect>
          )}
        </FormField>
        <FormField form={form} name="channel" label={t("rule.to")}>
          {(fieldProps) => (
            <Select {...fieldProps} required>
              {channels.map((channel) => (
                <option key={channel.id} value={channel.id}>
                  {t("rule.channel", { name: channel.name, kind: t(`kinds.${channel.kind}`) })}
                </option>
              ))}
            </Select>
          )}
        </FormField>
      </div>
      <DialogFooter form={form} submitLabel={rule ? t("save") : t("rule.add")} onCancel={onClose} />
    </Form>
  );
}
