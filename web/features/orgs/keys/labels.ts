import type { NewKey } from "@/lib/api/types";

/** What a key's role lets its program do. A key is never an admin. */
export const KEY_ROLE_LABELS: Record<string, { name: string; may: string }> = {
  creator: { name: "Creator", may: "Reads artists, campaigns and insights." },
  analyst: { name: "Analyst", may: "Reads all; imports files and writes documents." },
  manager: { name: "Manager", may: "Reads all; changes the roster, accounts, campaigns and automation." },
};
export const KEY_ROLES = Object.keys(KEY_ROLE_LABELS) as NewKey["role"][];
