"use client";

import { Field, Input, Select } from "@/components/ui/field";
import type { ImportQuestion } from "@/lib/api/types";
import { scopeLabel } from "../labels";
import { t } from "./messages";

type Props = { question: ImportQuestion; value: string; onChange: (value: string) => void; hint?: string };

/** What a file does not contain: a choice, a day or a text. */
export function QuestionField({ question, value, onChange, hint }: Props) {
  return (
    <Field label={question.text} hint={hint}>
      {(fieldProps) =>
        question.kind === "choice" ? (
          <Select {...fieldProps} value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{t("question.choose")}</option>
            {question.choices.map((choice, at) => (
              <option key={choice} value={choice}>
                {question.key === "scope" ? scopeLabel(choice) : question.labels[at]}
              </option>
            ))}
          </Select>
        ) : (
          <Input
            {...fieldProps}
            type={question.kind === "day" ? "date" : "text"}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
