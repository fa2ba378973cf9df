import type { Tone } from "@/components/ui/badge";
import type { Member, Role } from "@/lib/api/types";

export const ROLES: Record<Role, { name: string; may: string }> = {
  admin: { name: "Admin", may: "Everything: members, permissions, the organisation itself." },
  manager: { name: "Manager", may: "Roster, accounts, campaigns and automation." },
  analyst: { name: "Analyst", may: "Reads all; imports files and writes documents." },
  creator: { name: "Creator", may: "Reads artists, campaigns and insights." },
};
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export const STATUS: Record<Member["status"], { name: string; tone: Tone }> = {
  active: { name: "Active", tone: "good" },
  invited: { name: "Invited", tone: "accent" },
  disabled: { name: "Disabled", tone: "neutral" },
};
