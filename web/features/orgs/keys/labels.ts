import type { NewKey } from "@/lib/api/types";

/** What the role of a key allows. A key is never an admin. */
export const KEY_ROLE_LABELS: Record<string, { name: string; description: string }> = {
  creator: { name: "Creator", description: "Reads artists, campaigns and insights." },
  analyst: { name: "Analyst", description: "Reads everything; imports files and writes documents." },
  manager: {
    name: "Manager",
    description: "Reads everything; changes the roster, accounts, campaigns and automation.",
  },
};
export const KEY_ROLES = Object.keys(KEY_ROLE_LABELS) as NewKey["role"][];
