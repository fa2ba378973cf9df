import type { NewKey } from "@/lib/api/types";

/** What the role of a key allows. A key is never an admin. */
export const KEY_ROLE_LABELS: Record<string, { name: string; description: string }> = {
  guest: { name: "Guest", description: "Reads the numbers of the chosen artists, and nothing of the members." },
  creator: { name: "Creator", description: "Reads campaigns and insights of the chosen artists." },
  analyst: { name: "Analyst", description: "Reads everything; imports files and writes documents." },
  manager: {
    name: "Manager",
    description: "Reads everything; changes the roster, accounts, campaigns and automation.",
  },
};
/** Where a key is taken, and what it writes. */
export const KEY_SCOPE_LABELS: Record<NewKey["scope"], { name: string; description: string }> = {
  data: { name: "Data", description: "For Supabase clients and n8n: reads and writes what the role allows." },
  "values:push": {
    name: "Push values",
    description: "Pushes values of your own sources through the API, and reads there what the role allows.",
  },
};
export const KEY_SCOPES = Object.keys(KEY_SCOPE_LABELS) as NewKey["scope"][];
/** A key that pushes values writes numbers, which these roles may. */
export const PUSHING_ROLES: NewKey["role"][] = ["analyst", "manager"];

export const KEY_ROLES = Object.keys(KEY_ROLE_LABELS) as NewKey["role"][];
