"use client";

import { Bell as BellIcon } from "lucide-react";
import { usePathname } from "next/navigation";
import { Link } from "@/components/link";
import { cn } from "@/lib/class-names";
import { useSession } from "@/lib/session/context";
import { useUnreadCount } from "./unread-count";
import { t } from "@/components/messages";

/** The link to the notifications, with how many are unread. */
export function Bell({ onNavigate, className }: { onNavigate?: () => void; className?: string }) {
  const { can } = useSession();
  const here = usePathname().startsWith("/notifications/");
  const count = useUnreadCount(can("insights:read"));
  if (!can("insights:read")) return null;
  const label = count > 99 ? t("bell.many") : count ? t("bell.unread", { count }) : t("bell.none");
  return (
    <Link
      href="/notifications/"
      onClick={onNavigate}
      aria-label={label}
      aria-current={here ? "page" : undefined}
      title={label}
      className={cn(
        "relative grid size-9 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg",
        here && "bg-accent-soft text-accent",
        className,
      )}
    >
      <BellIcon className="size-4" aria-hidden />
      {count > 0 && (
        <span className="num absolute top-0.5 right-0 min-w-4 rounded-full bg-accent px-1 text-center text-[10px] leading-4 font-semibold text-on-accent">
          {count > 99 ? "99+" : count}
        </span>
      )}
    </Link>
  );
}
