import type { z } from "zod";
import { FormField } from "@/components/form/form";
import type { ApiForm } from "@/components/form/use-api-form";
import { Input, Select } from "@/components/ui/field";
import type { Channel } from "@/lib/api/types";
import type { channelSchema } from "./channel-schema";
import { useWorkflows } from "./queries";
import { t } from "./messages";

type Values = z.input<ReturnType<typeof channelSchema>>;
type TargetProps = { form: ApiForm<Values, z.output<ReturnType<typeof channelSchema>>>; channel: Channel | undefined };

/** The fields for the target of this kind of channel. */
export function TargetFields({ form, channel }: TargetProps) {
  const kind = form.watch("kind");
  // Encrypted values are not shown again: an empty field keeps the stored one.
  const keep = channel ? t("channel.keep") : null;
  if (kind === "email") {
    return (
      <FormField form={form} name="address" label={t("channel.address")}>
        {(fieldProps) => <Input {...fieldProps} type="email" required />}
      </FormField>
    );
  }
  if (kind === "sms") {
    return (
      <FormField form={form} name="phone" label={t("channel.phone")} hint={keep ?? t("channel.phoneHint")}>
        {(fieldProps) => (
          <Input
            {...fieldProps}
            type="tel"
            required={!channel}
            placeholder={channel?.target.phone ?? "+4915112345678"}
          />
        )}
      </FormField>
    );
  }
  if (kind === "n8n") return <WorkflowFields form={form} channel={channel} keep={keep} />;
  return (
    <>
      <FormField form={form} name="secret" label={t("channel.webhook")} hint={keep ?? t("channel.webhookHint")}>
        {(fieldProps) => (
          <Input {...fieldProps} type="password" autoComplete="off" placeholder="https://hooks.slack.com/services/…" />
        )}
      </FormField>
      <FormField form={form} name="label" label={t("channel.slack")} hint={t("channel.slackHint")}>
        {(fieldProps) => <Input {...fieldProps} placeholder={t("channel.slackExample")} maxLength={80} />}
      </FormField>
    </>
  );
}

/** Either a workflow of the operator's n8n, when some are registered for the org, or an n8n of one's own by its URL. */
function WorkflowFields({ form, channel, keep }: TargetProps & { keep: string | null }) {
  const { data: workflows } = useWorkflows();
  const workflowId = form.watch("workflowId");
  return (
    <>
      {workflows && workflows.length > 0 && (
        <FormField form={form} name="workflowId" label={t("channel.workflow")}>
          {(fieldProps) => (
            <Select {...fieldProps}>
              <option value="">{t("channel.ownN8n")}</option>
              {workflows.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </FormField>
      )}
      {!workflowId && (
        <FormField form={form} name="url" label={t("channel.node")} hint={keep ?? t("channel.nodeHint")}>
          {(fieldProps) => (
            <Input
              {...fieldProps}
              type="url"
              required={!channel || Boolean(channel.target.workflow_id)}
              placeholder={channel?.target.host ?? "https://n8n.example.com/webhook/…"}
            />
          )}
        </FormField>
      )}
      <FormField form={form} name="secret" label={t("channel.secret")} hint={keep ?? t("channel.newSecret")}>
        {(fieldProps) => <Input {...fieldProps} type="password" autoComplete="off" />}
      </FormField>
    </>
  );
}
