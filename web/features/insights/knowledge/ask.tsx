"use client";

import { ArrowUp, MessageCircleQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import { ObservationsSheet, type ObservationsQuery } from "@/components/observations-sheet";
import { ArtistSelect } from "@/components/artist-select";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { describeComputation } from "@/lib/computation";
import type { Answer, Evidence } from "@/lib/api/types";
import { unitSuffix } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { useAsk } from "./queries";

/** Ask a question about the data; each number of the answer opens its computation. */
export function Ask({ onOpen }: { onOpen: (document: string) => void }) {
  const ask = useAsk();
  const [question, setQuestion] = useState("");
  const [artist, setArtist] = useState("");
  const send = () => ask.mutate({ question, artist_id: artist || null });
  const { get, set } = useUrlState();
  const wanted = get("ask");
  const { mutate } = ask;
  // The palette sends a question by the address; a reload does not ask it again.
  useEffect(() => {
    if (!wanted) return;
    setQuestion(wanted);
    mutate({ question: wanted, artist_id: null });
    set({ ask: null });
  }, [wanted, mutate, set]);
  return (
    <Card aria-labelledby="ask-title">
      <CardHeader id="ask-title" title={t("ask.title")} note={t("ask.note")}>
        <ArtistSelect
          aria-label={t("ask.about")}
          none={t("ask.allArtists")}
          className="h-8 w-40 text-sm"
          value={artist}
          onChange={(event) => setArtist(event.target.value)}
        />
      </CardHeader>
      <form
        className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Input
          aria-label={t("ask.question")}
          required
          minLength={3}
          maxLength={500}
          placeholder={t("ask.example")}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <Button type="submit" variant="primary" size="md" busy={ask.isPending} aria-label={t("ask.send")}>
          {!ask.isPending && <ArrowUp aria-hidden />}
        </Button>
      </form>
      <div aria-live="polite" className="border-t border-line">
        {ask.isPending && (
          <div className="grid gap-2 p-4">
            <Skeleton className="w-4/5" />
            <Skeleton className="w-3/5" />
          </div>
        )}
        {ask.error && !ask.isPending && <ErrorState error={ask.error} what={t("ask.what")} retry={send} />}
        {ask.data && !ask.isPending && (
          <AskAnswer
            answer={ask.data}
            onOpen={onOpen}
            onAsk={(example) => {
              setQuestion(example);
              ask.mutate({ question: example, artist_id: artist || null });
            }}
          />
        )}
        {ask.isIdle && (
          <EmptyState icon={MessageCircleQuestion} title={t("ask.idle")} className="py-8">
            {t("ask.idleHint")}
          </EmptyState>
        )}
      </div>
    </Card>
  );
}

/** The stored rows that a number was computed from, its base included. */
function rowsBehind(number: Evidence): ObservationsQuery | null {
  const { from, to, base } = number.computation as { from?: string; to?: string; base?: { from: string; to: string } };
  if (!number.series_id || !from || !to) return null;
  const days = [from, to, ...(base ? [base.from, base.to] : [])].sort();
  return {
    series: number.series_id,
    title: t("ask.number", { label: number.label, number: number.shown }),
    unit: "",
    from: days[0]!,
    to: days.at(-1)!,
  };
}

function AskAnswer({
  answer,
  onOpen,
  onAsk,
}: {
  answer: Answer;
  onOpen: (document: string) => void;
  onAsk: (question: string) => void;
}) {
  const [open, setOpen] = useState<Evidence | null>(null);
  const rows = open && rowsBehind(open);
  return (
    <div className="grid gap-4 p-4">
      <p className="text-lg leading-7 whitespace-pre-wrap">{answer.answer}</p>
      {answer.understood.text && <p className="-mt-2 text-sm text-muted">{answer.understood.text}</p>}
      {answer.examples.length > 0 && (
        <ul aria-label={t("ask.examples")} className="flex flex-wrap gap-2">
          {answer.examples.map((example) => (
            <li key={example}>
              <Button size="sm" onClick={() => onAsk(example)}>
                {example}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {answer.quotations.map((quotation) => (
        <figure key={quotation.text} className="border-l-2 border-accent pl-3">
          <blockquote>{quotation.text}</blockquote>
          <figcaption className="mt-1 text-sm">
            <Button variant="link" className="text-xs" onClick={() => onOpen(quotation.document_id)}>
              {quotation.document_title}
            </Button>
          </figcaption>
        </figure>
      ))}
      {answer.numbers.length > 0 && (
        <section aria-label={t("ask.numbers")}>
          <h3 className="mb-1.5 text-xs font-medium text-muted">{t("ask.numbers")}</h3>
          <ul className="divide-y divide-line rounded-card border border-line">
            {answer.numbers.map((number) => (
              <li key={number.slot}>
                <button
                  type="button"
                  onClick={() => setOpen(number)}
                  className="block w-full px-3 py-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <span className="flex justify-between gap-4">
                    <span>{number.label}</span>
                    <span className="num text-right font-semibold text-accent">
                      {number.shown}{" "}
                      <span className="font-normal text-muted">{unitSuffix(number.value, number.unit)}</span>
                    </span>
                  </span>
                  <span className="text-xs text-muted">{describeComputation(number.computation)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {answer.passages.length > 0 && <h3 className="-mb-2.5 text-xs font-medium text-muted">{t("ask.passages")}</h3>}
      {answer.passages.map((passage, rank) => (
        <figure key={`${passage.document_id}-${rank}`} className="border-l-2 border-line pl-3 text-sm">
          <blockquote className="line-clamp-4 text-muted">{passage.text}</blockquote>
          <figcaption className="mt-1">
            <Button variant="link" className="text-xs" onClick={() => onOpen(passage.document_id)}>
              {passage.document_title}
            </Button>
          </figcaption>
        </figure>
      ))}
      {rows && <ObservationsSheet of={rows} onClose={() => setOpen(null)} />}
    </div>
  );
}
