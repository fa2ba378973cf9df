"use client";

import { useEffect } from "react";
import { useOrgLogo } from "@/components/org-logo";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { SegmentedControl } from "@/components/ui/segmented-control";
import type { MailboxMessage } from "@/lib/api/types";
import { moment } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { useMarkRead, useMessage } from "./queries";
import { SlackMessage } from "./slack-message";
import { t } from "../messages";

export function MessageView({ id }: { id: string }) {
  const { data, error, refetch } = useMessage(id);
  const { get, set } = useUrlState();
  const { mutate: markRead } = useMarkRead();
  const unread = data ? data.read_at === null : false;
  useEffect(() => {
    if (unread) markRead(id);
  }, [unread, id, markRead]);

  if (error) return <ErrorState error={error} what={t("message.what")} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows />;
  const raw = get("raw") === "1";
  return (
    <article className="flex min-w-0 flex-col overflow-y-auto" aria-labelledby="message-subject">
      <header className="border-b border-line px-5 py-4">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <h2 id="message-subject" className="min-w-0 flex-1 basis-60 text-lg font-semibold">
            {data.subject}
          </h2>
          <SegmentedControl
            label={t("message.show")}
            value={raw ? "raw" : "look"}
            onChange={(next) => set({ raw: next === "raw" ? "1" : null })}
            options={[
              { value: "look", label: t("message.look") },
              { value: "raw", label: t("message.raw") },
            ]}
          />
        </div>
        <p className="mt-1 text-sm text-muted">
          {t("message.about", {
            kind: data.kind === "n8n" ? t("message.webhook") : t(`kinds.${data.kind}`),
            recipient: data.recipient || t("message.itsChannel"),
            moment: moment(data.created_at),
          })}
        </p>
      </header>
      <div className="min-h-80 flex-1 bg-sunken p-4 sm:p-6">
        {raw ? <Raw payload={data.payload} /> : <MessagePreview message={data} />}
      </div>
    </article>
  );
}

function Raw({ payload }: { payload: MailboxMessage["payload"] }) {
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={t("message.payload")}
      className="overflow-x-auto rounded-md border border-line bg-panel p-4 font-mono text-xs leading-5"
    >
      {JSON.stringify(payload, null, 2)}
    </pre>
  );
}

function MessagePreview({ message }: { message: MailboxMessage }) {
  const logo = useOrgLogo();
  const html = message.payload.html;
  if (message.kind === "email" && typeof html === "string") {
    // The mail is sandboxed: no scripts, no forms, no access to this page.
    return (
      <iframe
        title={t("message.mail", { subject: message.subject })}
        sandbox=""
        srcDoc={logo ? html.replaceAll("cid:logo", logo) : html}
        className="h-full min-h-96 w-full rounded-md border border-line bg-white"
      />
    );
  }
  if (message.kind === "slack") return <SlackMessage payload={message.payload} fallback={message.body} />;
  if (message.kind === "sms") {
    const text = typeof message.payload.text === "string" ? message.payload.text : message.body;
    return (
      <div className="max-w-sm">
        <p className="rounded-2xl rounded-bl-sm border border-line bg-panel px-4 py-2.5 break-words">{text}</p>
        <p className="num mt-1.5 px-2 text-xs text-muted">{t("message.characters", { count: text.length })}</p>
      </div>
    );
  }
  if (message.kind === "n8n") return <Raw payload={message.payload} />;
  return <p className="whitespace-pre-wrap">{message.body}</p>;
}
