"use client";

import { Hash, Inbox, Mail, MessageSquareText, Workflow } from "lucide-react";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { MailboxMessage } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, moment } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { MessageView } from "./message-view";
import { useMailbox } from "./queries";
import { t } from "../messages";

const ICONS = { email: Mail, slack: Hash, sms: MessageSquareText, n8n: Workflow };

export function MailboxPage() {
  const { get, set } = useUrlState();
  const { items, error, refetch, ...paging } = useMailbox();
  const open = get("id") || items?.[0]?.id || "";
  return (
    <>
      <PageHeader title={t("mailbox.title")} lead={t("mailbox.lead")} />
      {items?.length === 0 || (error && !items) ? (
        <Card>
          {!items ? (
            <ErrorState error={error} what={t("mailbox.what")} retry={() => void refetch()} />
          ) : (
            <EmptyState icon={Inbox} title={t("mailbox.empty")}>
              {t("mailbox.emptyHint")}
            </EmptyState>
          )}
        </Card>
      ) : (
        <Card
          className="grid overflow-hidden lg:h-[calc(100dvh-160px)] lg:grid-cols-[320px_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)]"
          aria-label={t("mailbox.title")}
        >
          <div
            className="relative max-h-72 overflow-y-auto border-b border-line lg:max-h-none lg:border-r lg:border-b-0"
            tabIndex={0}
            role="region"
            aria-label={t("sms.messages")}
          >
            {!items && <SkeletonRows rows={8} />}
            <ul className="divide-y divide-line">
              {items?.map((message) => (
                <Row
                  key={message.id}
                  message={message}
                  open={message.id === open}
                  onOpen={() => set({ id: message.id })}
                />
              ))}
            </ul>
            <LoadMore {...paging} />
          </div>
          {open ? <MessageView key={open} id={open} /> : <SkeletonRows />}
        </Card>
      )}
    </>
  );
}

function Row({ message, open, onOpen }: { message: MailboxMessage; open: boolean; onOpen: () => void }) {
  const Icon = ICONS[message.kind];
  return (
    <li>
      <button
        type="button"
        data-row
        onClick={onOpen}
        aria-current={open || undefined}
        className={cn(
          "flex w-full gap-2.5 px-3 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2",
          open && "bg-accent-soft hover:bg-accent-soft",
        )}
      >
        <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-label={message.kind} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline justify-between gap-2 text-xs text-muted">
            <span className="truncate">{message.recipient}</span>
            <time className="shrink-0" title={moment(message.created_at)}>
              {ago(message.created_at)}
            </time>
          </span>
          <span className={cn("line-clamp-2 text-sm", !message.read_at && "font-semibold")}>
            {!message.read_at && <span className="sr-only">{t("mailbox.unread")} </span>}
            {message.subject || message.body}
          </span>
        </span>
      </button>
    </li>
  );
}
