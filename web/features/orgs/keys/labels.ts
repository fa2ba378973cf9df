import type { NewKey } from "@/lib/api/types";

/** A key is never an admin. */
export const KEY_ROLES = ["guest", "creator", "analyst", "manager"] as const satisfies readonly NewKey["role"][];
/** Where a key is taken, and what it writes. */
export const KEY_SCOPES = ["data", "values:push"] as const satisfies readonly NewKey["scope"][];
/** A key that pushes values writes numbers, which these roles may. */
export const PUSHING_ROLES: NewKey["role"][] = ["analyst", "manager"];
