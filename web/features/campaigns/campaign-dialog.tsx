"use client";

import { z } from "zod";
import { ArtistSelect } from "@/components/artist-select";
import { DateInput } from "@/components/date-input/date-input";
import { DialogFooter, Form, FormField } from "@/components/form/form";
import { choice, isoDay, optionalNumber, optionalText, requiredText } from "@/components/form/schema";
import { useApiForm } from "@/components/form/use-api-form";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select, Textarea } from "@/components/ui/field";
import type { CampaignDetail } from "@/lib/api/types";
import { majorUnits, minorUnits } from "@/lib/format";
import { activeRegional } from "@/lib/regional";
import { useSession } from "@/lib/session/context";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import { useAddCampaign, useChangeCampaign, useGoals } from "./queries";

/** Above any real goal, and still an exact number in JavaScript. */
const MAX = 9_999_999_999_999;

const schema = z.object({
  name: requiredText(200, () => t("dialog.nameMissing")),
  artist_id: choice(() => t("dialog.artistMissing")),
  starts_on: isoDay,
  ends_on: isoDay,
  goal: choice(() => t("dialog.goalMissing")),
  goal_target: optionalNumber(MAX),
  budget: optionalNumber(MAX),
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{3})?$/, { error: () => t("dialog.currencyWrong") }),
  notes: optionalText(10_000),
});

/** Neither part holds a space. */
const goalValue = (goal: { provider: string; metric: string }) => `${goal.provider} ${goal.metric}`;

type Props = {
  /** The campaign to edit; without one a campaign is created. */
  campaign?: CampaignDetail;
  onClose: () => void;
  onAdded?: (campaign: { id: string }) => void;
};

/** Creates a campaign, or edits one. */
export function CampaignDialog({ campaign, onClose, onAdded }: Props) {
  const { can } = useSession();
  const add = useAddCampaign((added) => {
    onClose();
    onAdded?.(added);
  });
  const change = useChangeCampaign(campaign?.id ?? "", onClose);
  const { currency: usual } = activeRegional();
  const money = campaign?.currency ?? usual;
  const form = useApiForm({
    schema,
    defaultValues: {
      name: campaign?.name ?? "",
      artist_id: campaign?.artist_id ?? "",
      starts_on: campaign?.starts_on ?? "",
      ends_on: campaign?.ends_on ?? "",
      goal: campaign ? goalValue({ provider: campaign.goal_provider, metric: campaign.goal_metric }) : "",
      goal_target: campaign?.goal_target == null ? "" : String(campaign.goal_target),
      budget: majorUnits(campaign?.budget_minor, money),
      currency: campaign ? (campaign.currency ?? "") : usual,
      notes: campaign?.notes ?? "",
    },
    apiFields: { budget_minor: "budget", goal_metric: "goal", goal_provider: "goal" },
    onSubmit: ({ budget, currency, goal, ...values }) => {
      const body = {
        ...values,
        goal_provider: goal.split(" ")[0]!,
        goal_metric: goal.split(" ")[1]!,
        budget_minor: budget === null ? null : minorUnits(budget, currency || usual),
        currency: currency || null,
      };
      if (!campaign) return add.mutateAsync(body);
      // What stays is not sent: it may be money that the caller does not see.
      const changed = Object.entries(body).filter(([name, value]) => campaign[name as keyof typeof body] !== value);
      return change.mutateAsync(Object.fromEntries(changed));
    },
  });
  const artistId = form.watch("artist_id");
  const goals = useGoals(artistId);
  const hint = goals.data?.items.length === 0 ? t("dialog.noGoals") : t("dialog.goalHint");

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={campaign ? t("dialog.titleEdit", { name: campaign.name }) : t("dialog.titleNew")}
      className="w-[min(600px,calc(100vw-24px))]"
    >
      <Form form={form}>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField form={form} name="name" label={t("dialog.name")}>
            {(fieldProps) => <Input {...fieldProps} required maxLength={200} />}
          </FormField>
          <FormField form={form} name="artist_id" label={t("dialog.artist")}>
            {(fieldProps) => (
              <ArtistSelect {...fieldProps} required disabled={Boolean(campaign)} none={t("dialog.chooseArtist")} />
            )}
          </FormField>
          <FormField form={form} name="starts_on" label={t("dialog.firstDay")}>
            {(fieldProps) => <DateInput {...fieldProps} required />}
          </FormField>
          <FormField form={form} name="ends_on" label={t("dialog.lastDay")}>
            {(fieldProps) => <DateInput {...fieldProps} required />}
          </FormField>
          <FormField form={form} name="goal" label={t("dialog.goal")} hint={hint}>
            {(fieldProps) => (
              // Remounted when the goals have loaded, so that the select can show the chosen one.
              <Select
                {...fieldProps}
                key={goals.data ? artistId : "loading"}
                required
                disabled={!goals.data?.items.length}
              >
                <option value="" disabled>
                  {artistId ? t("dialog.chooseGoal") : t("dialog.chooseArtistFirst")}
                </option>
                {goals.data?.items.map((goal) => (
                  <option key={goalValue(goal)} value={goalValue(goal)}>
                    {t(goal.measurable ? "dialog.goalOption" : "dialog.goalUnmeasured", {
                      provider: goal.provider_name,
                      metric: metricInSentence(goal.metric, goal.name),
                    })}
                  </option>
                ))}
              </Select>
            )}
          </FormField>
          <FormField form={form} name="goal_target" label={t("dialog.target")} hint={t("dialog.targetHint")}>
            {(fieldProps) => <Input {...fieldProps} type="number" min="0" max={MAX} step="any" />}
          </FormField>
          <div className="grid grid-cols-[1fr_88px] gap-2">
            <FormField form={form} name="budget" label={t("dialog.budget")}>
              {(fieldProps) => (
                <Input {...fieldProps} type="number" min="0" max={MAX} step="0.01" disabled={!can("money:write")} />
              )}
            </FormField>
            <FormField form={form} name="currency" label={t("dialog.currency")}>
              {(fieldProps) => <Input {...fieldProps} maxLength={3} />}
            </FormField>
          </div>
        </div>
        <FormField form={form} name="notes" label={t("dialog.notes")}>
          {(fieldProps) => <Textarea {...fieldProps} className="min-h-16" maxLength={10_000} />}
        </FormField>
        <DialogFooter form={form} submitLabel={campaign ? t("save") : t("dialog.create")} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
