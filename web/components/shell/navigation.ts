import {
  Activity,
  BookOpen,
  Cable,
  CalendarDays,
  Coins,
  FileDown,
  GitCompareArrows,
  House,
  Inbox,
  KeyRound,
  ListPlus,
  MapPin,
  Megaphone,
  Settings,
  Sparkles,
  UsersRound,
  Workflow,
  type LucideIcon,
} from "lucide-react";
import type { Permission } from "@/lib/api/types";

export type NavItem = { href: string; name: string; key: string; icon: LucideIcon; needs: Permission };

/** The pages of the navigation. `key` is pressed after g. */
export const NAV_GROUPS: { title: string; items: NavItem[] }[] = [
  {
    title: "Understand",
    items: [
      { href: "/", name: "Home", key: "r", icon: House, needs: "roster:read" },
      { href: "/insights/", name: "Insights", key: "i", icon: Sparkles, needs: "insights:read" },
      { href: "/compare/", name: "Compare", key: "x", icon: GitCompareArrows, needs: "metrics:read" },
      { href: "/where-to-play/", name: "Where to play", key: "w", icon: MapPin, needs: "metrics:read" },
      { href: "/calendar/", name: "Calendar", key: "l", icon: CalendarDays, needs: "roster:read" },
      { href: "/campaigns/", name: "Campaigns", key: "c", icon: Megaphone, needs: "campaigns:read" },
      { href: "/royalties/", name: "Royalties", key: "e", icon: Coins, needs: "money:read" },
      { href: "/knowledge/", name: "Knowledge", key: "k", icon: BookOpen, needs: "documents:read" },
    ],
  },
  {
    title: "Collect",
    items: [
      { href: "/accounts/", name: "Accounts", key: "a", icon: Cable, needs: "connections:read" },
      { href: "/sources/", name: "Sources and metrics", key: "q", icon: ListPlus, needs: "metrics:read" },
      { href: "/imports/", name: "Imports", key: "d", icon: FileDown, needs: "imports:read" },
    ],
  },
  {
    title: "Notify",
    items: [
      { href: "/automation/", name: "Automation", key: "n", icon: Workflow, needs: "automation:read" },
      { href: "/mailbox/", name: "Mailbox", key: "m", icon: Inbox, needs: "automation:read" },
    ],
  },
  {
    title: "Organisation",
    items: [
      { href: "/members/", name: "Members", key: "p", icon: UsersRound, needs: "members:read" },
      { href: "/keys/", name: "API keys", key: "y", icon: KeyRound, needs: "org:manage" },
      { href: "/status/", name: "Status", key: "s", icon: Activity, needs: "jobs:read" },
      { href: "/settings/", name: "Settings", key: "o", icon: Settings, needs: "members:read" },
    ],
  },
];

export const NAV_ITEMS = NAV_GROUPS.flatMap((group) => group.items);
