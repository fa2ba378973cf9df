"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { BatchItem, ImportQuestion } from "@/lib/api/types";
import { t } from "./messages";
import { QuestionField } from "./question-field";
import type { Answers } from "./queries";

/** Questions that several files ask in the same words, each with the files that wait for its answer. */
function shared(items: BatchItem[], answers: Answers) {
  const found = new Map<string, { question: ImportQuestion; ids: string[] }>();
  for (const item of items) {
    for (const question of item.questions) {
      if (!item.open.includes(question.key) || answers[item.id]?.[question.key]) continue;
      const key = JSON.stringify([question.key, question.kind, question.choices]);
      const entry = found.get(key) ?? { question, ids: [] };
      entry.ids.push(item.id);
      found.set(key, entry);
    }
  }
  return [...found.entries()].filter(([, { ids }]) => ids.length > 1);
}

type Props = { items: BatchItem[]; answers: Answers; onAnswer: (ids: string[], key: string, value: string) => void };

/** One answer for all files that ask the same. */
export function SharedQuestions({ items, answers, onAnswer }: Props) {
  return shared(items, answers).map(([key, { question, ids }]) => (
    <SharedQuestion
      key={key}
      question={question}
      count={ids.length}
      onUse={(value) => onAnswer(ids, question.key, value)}
    />
  ));
}

function SharedQuestion(props: { question: ImportQuestion; count: number; onUse: (value: string) => void }) {
  const { question, count, onUse } = props;
  const [value, setValue] = useState("");
  return (
    <form
      className="flex flex-wrap items-end gap-3 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (value) onUse(value);
      }}
    >
      <div className="min-w-0 flex-1 basis-60">
        <QuestionField question={question} value={value} onChange={setValue} hint={t("question.askedBy", { count })} />
      </div>
      <Button type="submit" size="md" disabled={!value}>
        {t("question.useForAll", { count })}
      </Button>
    </form>
  );
}
