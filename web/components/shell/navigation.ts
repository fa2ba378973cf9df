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

type Name =
  | "home"
  | "insights"
  | "compare"
  | "places"
  | "calendar"
  | "campaigns"
  | "royalties"
  | "knowledge"
  | "accounts"
  | "sources"
  | "imports"
  | "automation"
  | "mailbox"
  | "members"
  | "keys"
  | "status"
  | "settings";
export type NavItem = { href: string; name: Name; key: string; icon: LucideIcon; needs: Permission };

/** The pages of the navigation, named by the keys of their messages. `key` is pressed after g. */
export const NAV_GROUPS: { name: "understand" | "collect" | "notify" | "organisation"; items: NavItem[] }[] = [
  {
    name: "understand",
    items: [
      { href: "/", name: "home", key: "r", icon: House, needs: "roster:read" },
      { href: "/insights/", name: "insights", key: "i", icon: Sparkles, needs: "insights:read" },
      { href: "/compare/", name: "compare", key: "x", icon: GitCompareArrows, needs: "metrics:read" },
      { href: "/where-to-play/", name: "places", key: "w", icon: MapPin, needs: "metrics:read" },
      { href: "/calendar/", name: "calendar", key: "l", icon: CalendarDays, needs: "roster:read" },
      { href: "/campaigns/", name: "campaigns", key: "c", icon: Megaphone, needs: "campaigns:read" },
      { href: "/royalties/", name: "royalties", key: "e", icon: Coins, needs: "money:read" },
      { href: "/knowledge/", name: "knowledge", key: "k", icon: BookOpen, needs: "documents:read" },
    ],
  },
  {
    name: "collect",
    items: [
      { href: "/accounts/", name: "accounts", key: "a", icon: Cable, needs: "connections:read" },
      { href: "/sources/", name: "sources", key: "q", icon: ListPlus, needs: "metrics:read" },
      { href: "/imports/", name: "imports", key: "d", icon: FileDown, needs: "imports:read" },
    ],
  },
  {
    name: "notify",
    items: [
      { href: "/automation/", name: "automation", key: "n", icon: Workflow, needs: "automation:read" },
      { href: "/mailbox/", name: "mailbox", key: "m", icon: Inbox, needs: "automation:read" },
    ],
  },
  {
    name: "organisation",
    items: [
      { href: "/members/", name: "members", key: "p", icon: UsersRound, needs: "members:read" },
      { href: "/keys/", name: "keys", key: "y", icon: KeyRound, needs: "org:manage" },
      { href: "/status/", name: "status", key: "s", icon: Activity, needs: "jobs:read" },
      { href: "/settings/", name: "settings", key: "o", icon: Settings, needs: "members:read" },
    ],
  },
];

export const NAV_ITEMS = NAV_GROUPS.flatMap((group) => group.items);
