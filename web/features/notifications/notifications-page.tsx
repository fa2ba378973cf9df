"use client";

import { Bell, CircleCheck, Mail, Plug, Settings2, TrendingDown, TrendingUp } from "lucide-react";
import { Link } from "@/components/link";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Notification } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { ago, moment } from "@/lib/format";
import { useUrlState } from "@/lib/url-state";
import { useMarkNotifications, useNotifications } from "@/components/notifications/queries";
import { t } from "@/components/notifications/messages";
import { DigestSheet } from "./digest-sheet";

export function NotificationsPage() {
  const { get, set } = useUrlState();
  const unread = get("show") === "unread";
  const { items, error, refetch, ...paging } = useNotifications(unread);
  const mark = useMarkNotifications();
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        <SegmentedControl
          label={t("list.show")}
          value={unread ? "unread" : "all"}
          onChange={(value) => set({ show: value === "unread" ? value : null })}
          options={[
            { value: "all", label: t("list.all") },
            { value: "unread", label: t("list.unread") },
          ]}
        />
        <Button onClick={() => mark.mutate({ read: true })} disabled={!items?.some((each) => !each.read_at)}>
          <CircleCheck aria-hidden /> {t("list.markAll")}
        </Button>
        <Link href="/settings/?view=notifications" className={buttonStyle()}>
          <Settings2 aria-hidden /> {t("list.settings")}
        </Link>
      </PageHeader>
      <Card aria-label={t("title")}>
        {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
        {!items && !error && <SkeletonRows rows={6} />}
        {items?.length === 0 && (
          <EmptyState icon={unread ? CircleCheck : Bell} title={unread ? t("list.nothingUnread") : t("list.nothing")}>
            {unread ? t("list.nothingUnreadHint") : t("list.nothingHint")}
          </EmptyState>
        )}
        <ul className="divide-y divide-line">
          {items?.map((each) => (
            <Row key={each.id} notification={each} onMark={(read) => mark.mutate({ ids: [each.id], read })} />
          ))}
        </ul>
        <LoadMore {...paging} />
      </Card>
      {get("digest") && <DigestSheet id={get("digest")} onClose={() => set({ digest: null })} />}
    </>
  );
}

function Row({ notification, onMark }: { notification: Notification; onMark: (read: boolean) => void }) {
  const { kind, is_fall, read_at, created_at, title, detail, artist_name, path } = notification;
  const Icon = kind === "digest" ? Mail : kind === "account" ? Plug : is_fall ? TrendingDown : TrendingUp;
  return (
    <li className="flex items-start gap-3 px-4 py-3 hover:bg-hover">
      <Icon className={cn("mt-1 size-4 shrink-0", is_fall ? "text-down" : "text-muted")} aria-hidden />
      <Link
        href={path}
        onClick={() => !read_at && onMark(true)}
        className="min-w-0 flex-1 focus-visible:-outline-offset-2"
      >
        <span className={cn("block", !read_at && "font-semibold")}>
          {!read_at && <span className="sr-only">{t("list.isUnread")} </span>}
          {title}
        </span>
        <span className="line-clamp-2 text-sm text-muted">{[artist_name, detail].filter(Boolean).join(" · ")}</span>
        <time className="text-xs text-muted" dateTime={created_at} title={moment(created_at)}>
          {ago(created_at)}
        </time>
      </Link>
      <Button variant="ghost" onClick={() => onMark(!read_at)} className="shrink-0 text-xs">
        {!read_at && <span aria-hidden className="size-2 rounded-full bg-accent" />}
        {read_at ? t("list.markUnread") : t("list.markRead")}
      </Button>
    </li>
  );
}
