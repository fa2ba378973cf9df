"use client";

import { CloudOff, LockKeyhole, SearchX, type LucideIcon } from "lucide-react";
import { ApiError, errorMessage } from "@/lib/api/error";
import { cn } from "@/lib/class-names";
import { Button } from "./button";
import { t } from "@/components/messages";

type Props = {
  icon?: LucideIcon;
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
  className?: string;
};

/** Shown in place of an empty list: a sentence, and an action where there is one. */
export function EmptyState({ icon: Icon, title, children, action, className }: Props) {
  return (
    <div className={cn("grid justify-items-center gap-2 px-6 py-12 text-center", className)}>
      {Icon && (
        <span className="mb-1 grid size-10 place-items-center rounded-full bg-hover text-muted">
          <Icon className="size-5" aria-hidden />
        </span>
      )}
      <p className="font-semibold">{title}</p>
      {children && <div className="max-w-md text-sm text-muted">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** Shown when a search has no results: the query, and a button to clear it. */
export function NoResults({ query, onClear }: { query: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={SearchX}
      title={query ? t("filter.nothingFor", { query }) : t("filter.nothing")}
      action={<Button onClick={onClear}>{t("filter.clear")}</Button>}
    />
  );
}

/** Shown in place of a part that could not be loaded. The rest of the page still works. */
export function ErrorState({
  error,
  retry,
  what,
  className,
}: {
  error: unknown;
  retry?: () => void;
  what: string;
  className?: string;
}) {
  const api = error instanceof ApiError ? error : null;
  if (api?.status === 403) return <NoPermission className={className}>{api.message}</NoPermission>;
  return (
    <div role="alert" className={cn("grid justify-items-center gap-2 px-6 py-10 text-center", className)}>
      <span className="mb-1 grid size-10 place-items-center rounded-full bg-down-soft text-down">
        <CloudOff className="size-5" aria-hidden />
      </span>
      <p className="font-semibold">{t("error.notLoaded", { what })}</p>
      <p className="max-w-md text-sm text-muted">{errorMessage(error)}</p>
      {api?.requestId && (
        <p className="font-mono text-xs break-all text-muted">{t("error.request", { id: api.requestId })}</p>
      )}
      {retry && (
        <Button className="mt-1" onClick={retry}>
          {t("actions.retry")}
        </Button>
      )}
    </div>
  );
}

export function NoPermission({ children, className }: { children?: React.ReactNode; className?: string }) {
  return (
    <EmptyState icon={LockKeyhole} title={t("noAccess.title")} className={className}>
      {children ?? t("noAccess.hint")}
    </EmptyState>
  );
}
