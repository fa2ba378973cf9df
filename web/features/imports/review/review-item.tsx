"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { BatchItem } from "@/lib/api/types";
import { dayRange, day } from "@/lib/format";
import { ImportProgress } from "../import-progress";
import { scopeLabel, STATUS_TONES, WORKING } from "../labels";
import { t as importsText } from "../messages";
import { t } from "./messages";
import { QuestionField } from "./question-field";

type Props = {
  item: BatchItem;
  answers: Record<string, string>;
  /** Why the last commit left it. */
  problem?: string;
  onAnswer: (key: string, value: string) => void;
  onOpen: () => void;
};

/** One file of a drop: what it is, its rows, days and totals, and what it asks. */
export function ReviewItem({ item, answers, problem, onAnswer, onOpen }: Props) {
  const [isChanging, setChanging] = useState(false);
  // What a job says of a large file that it could not commit.
  const left = problem ?? (item.status === "previewed" ? item.progress?.problem : null);
  const isOpen = item.open.some((key) => !answers[key]);
  const shown = item.questions.filter(({ key }) => isChanging || item.open.includes(key));
  const guessed = item.questions.filter((question) => !shown.includes(question));
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-72">
          <span className="block font-medium break-words">{item.file_name}</span>
          {WORKING.includes(item.status) ? (
            <ImportProgress item={item} />
          ) : (
            <span className="block text-sm text-muted">{item.refusal ?? <Contents item={item} />}</span>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-3 text-sm">
          {item.provider && <ProviderName provider={item.provider} />}
          {isOpen ? (
            <Badge tone="warn">{t("item.asks")}</Badge>
          ) : (
            <Badge tone={STATUS_TONES[item.status]}>{importsText(`status.${item.status}`)}</Badge>
          )}
          <Button variant="link" onClick={onOpen} aria-label={t("item.rowsOf", { file: item.file_name })}>
            {t("item.rows")}
          </Button>
        </div>
      </div>
      {guessed.length > 0 && (
        <p className="text-sm">
          {guessed.map(({ key, kind, default: guess }) => (
            <span key={key} className="mr-3">
              <span className="text-muted">{t("item.answer", { question: key.replaceAll("_", " ") })}</span>{" "}
              {key === "scope"
                ? scopeLabel(answers[key] ?? guess ?? "")
                : (answers[key] ?? (kind === "day" ? day(guess) : guess))}
            </span>
          ))}
          <Button
            variant="link"
            onClick={() => setChanging(true)}
            aria-label={t("item.changeOf", { file: item.file_name })}
          >
            {t("item.change")}
          </Button>
        </p>
      )}
      {shown.length > 0 && (
        <div className="grid gap-3 rounded-card bg-sunken p-3 sm:grid-cols-2">
          {shown.map((question) => (
            <QuestionField
              key={question.key}
              question={question}
              value={answers[question.key] ?? (item.open.includes(question.key) ? "" : (question.default ?? ""))}
              onChange={(value) => onAnswer(question.key, value)}
            />
          ))}
        </div>
      )}
      {left && (
        <p role="alert" className="text-sm text-down">
          {left}
        </p>
      )}
    </li>
  );
}

function Contents({ item }: { item: BatchItem }) {
  const { summary } = item;
  const parts = [
    item.source_title,
    importsText("counts.rows", { count: summary.rows }),
    summary.rejected > 0 && importsText("counts.rejected", { count: summary.rejected }),
    summary.money_lines > 0
      ? importsText("counts.lines", { count: summary.money_lines })
      : importsText("counts.values", { count: summary.observations }),
    summary.days && dayRange(summary.days.first, summary.days.last),
    summary.days && summary.days.missing_count > 0 && t("item.missingDays", { count: summary.days.missing_count }),
    summary.recorded && t("item.recorded", { new: summary.recorded.new, restated: summary.recorded.restated }),
    t("item.placedBy", { how: item.placed_by }),
  ];
  const wrong = summary.totals_check.filter(({ matches }) => !matches);
  return (
    <>
      {parts.filter(Boolean).join(" · ")}
      {summary.totals_check.length > 0 && (
        <span className={wrong.length ? "flex items-center gap-1.5 text-warn" : "flex items-center gap-1.5"}>
          {wrong.length ? (
            <TriangleAlert className="size-4 shrink-0" aria-hidden />
          ) : (
            <CircleCheck className="size-4 shrink-0 text-up" aria-hidden />
          )}
          {wrong.length
            ? t("item.totalsDiffer", { columns: wrong.map(({ column }) => column).join(", ") })
            : t("item.totalsEqual")}
        </span>
      )}
    </>
  );
}
