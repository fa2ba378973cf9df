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
import { exact, plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { ImportSheet } from "../import-sheet";
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
        <h1 className="sr-only">Review files</h1>
        {error ? (
          <ErrorState error={error} what="These files" retry={() => void refetch()} />
        ) : (
          <EmptyState icon={FileDown} title="No files to review" action={<BackLink />}>
            Drop files on the imports page first.
          </EmptyState>
        )}
      </Card>
    );
  }
  return (
    <>
      <PageHeader
        title={data ? `Review ${plural(items.length, "file")}` : "Review files"}
        lead={
          data &&
          [
            `${exact(ready)} ready`,
            asking.length > 0 && `${exact(asking.length)} asking`,
            waiting.length > 0 && `${exact(waiting.length)} without an artist`,
            refused > 0 && `${exact(refused)} refused`,
            plural(
              toCommit.reduce((sum, { summary }) => sum + summary.observations + summary.money_lines, 0),
              "value",
            ),
          ]
            .filter(Boolean)
            .join(" · ")
        }
      >
        <BackLink />
        {can("imports:write") && ready > 0 && (
          <Button variant="primary" size="md" busy={commit.isPending} onClick={() => commit.mutate({ answers })}>
            {commit.isPending ? `Committed ${done.files} of ${done.files + ready}…` : `Commit all ${ready}`}
          </Button>
        )}
      </PageHeader>
      <div className="grid grid-cols-1 gap-4">
        {commit.error && <Alert tone="bad">{errorMessage(commit.error)}</Alert>}
        {done.files > 0 && !commit.isPending && (
          <Alert tone="good">
            {plural(done.files, "file")} imported: {exact(done.new)} new, {exact(done.restated)} restated,{" "}
            {exact(done.unchanged)} unchanged values.
            {toCommit.length > 0 && ` ${plural(toCommit.length, "file is", "files are")} left: they ask below.`}
          </Alert>
        )}
        <WaitingCard batch={batch} />
        {asking.length > 1 && (
          <Card aria-label="Questions of several files" className="divide-y divide-line border-accent/40 empty:hidden">
            <SharedQuestions items={asking} answers={answers} onAnswer={answer} />
          </Card>
        )}
        {!data && <SkeletonRows rows={6} />}
        {byArtist(items).map(([id, group]) => (
          <Card key={id} aria-labelledby={`artist-${id}`}>
            <CardHeader id={`artist-${id}`} title={group.name} note={plural(group.items.length, "file")} />
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
      All imports
    </Link>
  );
}
