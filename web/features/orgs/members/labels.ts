import type { Tone } from "@/components/ui/badge";
import type { Member, Role } from "@/lib/api/types";

export const ROLE_NAMES = ["admin", "manager", "analyst", "creator", "guest"] as const satisfies readonly Role[];

export const STATUS_TONES: Record<Member["status"], Tone> = { active: "good", disabled: "neutral" };
