"use client";

import { FileDown } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { PageHeader } from "@/components/page-header";
import { Alert } from "@/components/ui/alert";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { errorMessage } from "@/lib/api/error";
import type { BatchCommit, BatchItem } from "@/lib/api/types";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { ImportSheet } from "../import-sheet";
import { t } from "./messages";
import { type Answers, useCommitBatch, useImportBatch } from "./queries";
import { ReviewItem } from "./review-item";
import { SharedQuestions } from "./shared-questions";
import { useWaitingFiles } from "./unplaced-files";
import { WaitingCard } from "./waiting-card";

const NOTHING = { new: 0, restated: 0, unchanged: 0, files: 0 };

/** The artists in the order of their files, and the files of each. */
function byArtist(items: BatchItem[]) {
  const groups = new Map<string, { name: string; items: BatchItem[] }>();
  for (const item of items) {
    const group = groups.get(item.artist_id) ?? { name: item.artist_name, items: [] };
    group.items.push(item);
    groups.set(item.artist_id, group);
  }
  return [...groups.entries()];
}

/** All files of one drop: what each is, what is asked, one button that commits what is ready. */
export function ReviewPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const batch = get("batch");
  const { data, error, refetch } = useImportBatch(batch);
  const waiting = useWaitingFiles(batch).filter(({ refused }) => !refused);
  const [answers, setAnswers] = useState<Answers>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [done, setDone] = useState(NOTHING);
  const commit = useCommitBatch(batch, (part: BatchCommit) => {
    const left = part.results.filter(({ result }) => result === "open" || result === "failed");
    // A job commits a large one, and its row says how far it is.
    const working = part.results.filter(({ result }) => result === "committing");
    setProblems((before) => ({
      ...before,
      ...Object.fromEntries(left.map(({ import_id, reason }) => [import_id, reason ?? ""])),
    }));
    setDone((before) => ({
      new: before.new + part.new,
      restated: before.restated + part.restated,
      unchanged: before.unchanged + part.unchanged,
      files: before.files + part.results.length - left.length - working.length,
    }));
  });
  const answer = (ids: string[], key: string, value: string) => {
    setAnswers((before) => ({
      ...before,
      ...Object.fromEntries(ids.map((id) => [id, { ...before[id], [key]: value }])),
    }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([id]) => !ids.includes(id))));
  };
  const items = data?.items ?? [];
  const toCommit = items.filter(({ status }) => status === "previewed");
  const asking = toCommit.filter(({ id, open }) => open.some((key) => !answers[id]?.[key]));
  const ready = toCommit.length - asking.length;
  const refused = items.filter(({ status }) => status === "refused").length;
  if (!batch || error) {
    return (
      <Card>
        <h1 className="sr-only">{t("title")}</h1>
        {error ? (
          <ErrorState error={error} what={t("what")} retry={() => void refetch()} />
        ) : (
          <EmptyState icon={FileDown} title={t("none")} action={<BackLink />}>
            {t("noneHint")}
          </EmptyState>
        )}
      </Card>
    );
  }
  return (
    <>
      <PageHeader
        title={data ? t("titleCount", { count: items.length }) : t("title")}
        lead={
          data &&
          [
            t("lead.ready", { count: ready }),
            asking.length > 0 && t("lead.asking", { count: asking.length }),
            waiting.length > 0 && t("lead.unplaced", { count: waiting.length }),
            refused > 0 && t("lead.refused", { count: refused }),
            t("lead.values", {
              count: toCommit.reduce((sum, { summary }) => sum + summary.observations + summary.money_lines, 0),
            }),
          ]
            .filter(Boolean)
            .join(" · ")
        }
      >
        <BackLink />
        {can("imports:write") && ready > 0 && (
          <Button variant="primary" size="md" busy={commit.isPending} onClick={() => commit.mutate({ answers })}>
            {commit.isPending
              ? t("commit.running", { done: String(done.files), count: String(done.files + ready) })
              : t("commit.all", { count: String(ready) })}
          </Button>
        )}
      </PageHeader>
      <div className="grid grid-cols-1 gap-4">
        {commit.error && <Alert tone="bad">{errorMessage(commit.error)}</Alert>}
        {done.files > 0 && !commit.isPending && (
          <Alert tone="good">
            {t("commit.done", done)} {toCommit.length > 0 && t("commit.left", { count: toCommit.length })}
          </Alert>
        )}
        <WaitingCard batch={batch} />
        {asking.length > 1 && (
          <Card aria-label={t("question.shared")} className="divide-y divide-line border-accent/40 empty:hidden">
            <SharedQuestions items={asking} answers={answers} onAnswer={answer} />
          </Card>
        )}
        {!data && <SkeletonRows rows={6} />}
        {byArtist(items).map(([id, group]) => (
          <Card key={id} aria-labelledby={`artist-${id}`}>
            <CardHeader id={`artist-${id}`} title={group.name} note={t("files", { count: group.items.length })} />
            <ul className="divide-y divide-line border-t border-line">
              {group.items.map((item) => (
                <ReviewItem
                  key={item.id}
                  item={item}
                  answers={answers[item.id] ?? {}}
                  problem={problems[item.id]}
                  onAnswer={(key, value) => answer([item.id], key, value)}
                  onOpen={() => set({ id: item.id }, { push: true })}
                />
              ))}
            </ul>
          </Card>
        ))}
      </div>
      {get("id") && <ImportSheet id={get("id")} onClose={() => set({ id: null })} />}
    </>
  );
}

function BackLink() {
  return (
    <Link href="/imports/" className={buttonStyle({ size: "md" })}>
      {t("back")}
    </Link>
  );
}
