"use client";

import { useWatch } from "react-hook-form";
import { z } from "zod";
import { Form, FormError, FormField, SubmitButton } from "@/components/form/form";
import { useApiForm } from "@/components/form/use-api-form";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import type { ImportPreview } from "@/lib/api/types";
import { useToast } from "@/lib/toast";
import { ImportOverlap } from "./import-overlap";
import { scopeLabel } from "./labels";
import { t } from "./messages";
import { useCommitImport, useDiscardImport } from "./queries";

/** A column holds a metric, splits the rows by a dimension, or is left out. */
export function choiceLabel(choice: string, names: Map<string, string>, label = choice): string {
  if (choice === "leave out") return t("commit.leaveOut");
  if (choice.startsWith("by ")) return t("commit.splitBy", { dimension: choice.slice(3).replaceAll("_", " ") });
  return names.get(choice) ?? label;
}

// The server's keys may contain dots, which the form library reads as paths, so fields are numbered.
const schema = z.object({
  answers: z.array(
    z
      .string()
      .trim()
      .min(1, { error: () => t("commit.answerMissing") }),
  ),
});

function optionsOf(item: ImportPreview, answers: string[]): Record<string, string> {
  return Object.fromEntries(item.questions.map((question, index) => [question.key, answers[index] ?? ""]));
}

/** Enter what the file does not contain, then commit or discard it. */
export function CommitForm({ item, onClose }: { item: ImportPreview; onClose: () => void }) {
  const { showToast } = useToast();
  const names = new Map(useMetricCatalogue().data?.map(({ slug, name, unit }) => [slug, `${name}, ${unit}`]));
  const commit = useCommitImport(
    ({ status, summary: { recorded } }) =>
      status !== "committing" &&
      showToast(recorded ? t("commit.recorded", { count: recorded.new + recorded.restated }) : t("commit.imported")),
  );
  const discard = useDiscardImport(onClose);
  const form = useApiForm({
    schema,
    defaultValues: { answers: item.questions.map((question) => question.default ?? "") },
    onSubmit: ({ answers }) => commit.mutateAsync({ id: item.id, options: optionsOf(item, answers) }),
  });
  const answers = useWatch({ control: form.control, name: "answers" });
  return (
    <Form form={form} className="grid gap-4 rounded-card border border-accent/40 bg-sunken p-4">
      {item.questions.length > 0 && (
        <p className="text-sm font-medium">
          {item.provider?.startsWith("own.") ? t("commit.columns") : t("commit.questions")}
        </p>
      )}
      {item.questions.map((question, index) => (
        <FormField key={question.key} form={form} name={`answers.${index}`} label={question.text}>
          {(fieldProps) =>
            question.kind === "choice" ? (
              <Select {...fieldProps} required>
                {question.default === null && (
                  <option value="" disabled>
                    {t("commit.choose")}
                  </option>
                )}
                {question.choices.map((choice, at) => (
                  <option key={choice} value={choice}>
                    {question.key === "scope" ? scopeLabel(choice) : choiceLabel(choice, names, question.labels[at])}
                  </option>
                ))}
              </Select>
            ) : (
              <Input {...fieldProps} type={question.kind === "day" ? "date" : "text"} required />
            )
          }
        </FormField>
      ))}
      {item.summary.observations > 0 && answers.every(Boolean) && (
        <ImportOverlap id={item.id} options={optionsOf(item, answers)} />
      )}
      <FormError form={form} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-sm text-muted">{t("commit.hint")}</span>
        <Button busy={discard.isPending} onClick={() => discard.mutate(item.id)}>
          {t("commit.discard")}
        </Button>
        <SubmitButton form={form} size="sm">
          {item.summary.money_lines > 0
            ? t("commit.submitLines", { count: item.summary.money_lines })
            : t("commit.submitValues", { count: item.summary.observations })}
        </SubmitButton>
      </div>
    </Form>
  );
}
