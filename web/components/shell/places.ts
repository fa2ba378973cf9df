import {
  Activity,
  BookOpen,
  Cable,
  FileDown,
  Inbox,
  KeyRound,
  Megaphone,
  Settings,
  Sparkles,
  UsersRound,
  Workflow,
  Disc3,
  type LucideIcon,
} from "lucide-react";
import type { Permission } from "@/lib/api/types";

export type Place = { href: string; name: string; key: string; icon: LucideIcon; needs: Permission };

/** The rooms of the app, in the order of the work. `key` follows g on the keyboard. */
export const PLACES: { title: string; places: Place[] }[] = [
  {
    title: "Understand",
    places: [
      { href: "/", name: "Roster", key: "r", icon: Disc3, needs: "roster:read" },
      { href: "/insights/", name: "Insights", key: "i", icon: Sparkles, needs: "insights:read" },
      { href: "/campaigns/", name: "Campaigns", key: "c", icon: Megaphone, needs: "campaigns:read" },
      { href: "/knowledge/", name: "Knowledge", key: "k", icon: BookOpen, needs: "documents:read" },
    ],
  },
  {
    title: "Collect",
    places: [
      { href: "/accounts/", name: "Accounts", key: "a", icon: Cable, needs: "connections:read" },
      { href: "/imports/", name: "Imports", key: "d", icon: FileDown, needs: "imports:read" },
    ],
  },
  {
    title: "Tell",
    places: [
      { href: "/automation/", name: "Automation", key: "n", icon: Workflow, needs: "automation:read" },
      { href: "/mailbox/", name: "Mailbox", key: "m", icon: Inbox, needs: "automation:read" },
    ],
  },
  {
    title: "Organisation",
    places: [
      { href: "/members/", name: "Members", key: "p", icon: UsersRound, needs: "members:read" },
      { href: "/keys/", name: "API keys", key: "y", icon: KeyRound, needs: "org:manage" },
      { href: "/status/", name: "Status", key: "s", icon: Activity, needs: "jobs:read" },
      { href: "/settings/", name: "Settings", key: "o", icon: Settings, needs: "members:read" },
    ],
  },
];

export const ALL_PLACES = PLACES.flatMap((group) => group.places);
