import type { Tone } from "@/components/ui/badge";
import type { Member, Role } from "@/lib/api/types";

export const ROLES: Record<Role, { name: string; description: string }> = {
  admin: { name: "Admin", description: "Everything: members, permissions, the organisation itself." },
  manager: { name: "Manager", description: "Roster, accounts, campaigns and automation." },
  analyst: { name: "Analyst", description: "Reads everything; imports files and writes documents." },
  creator: { name: "Creator", description: "Reads campaigns and insights of their own artists." },
  guest: { name: "Guest", description: "Reads the numbers of some artists; sees no other members." },
};
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export const STATUS: Record<Member["status"], { name: string; tone: Tone }> = {
  active: { name: "Active", tone: "good" },
  disabled: { name: "Disabled", tone: "neutral" },
};
