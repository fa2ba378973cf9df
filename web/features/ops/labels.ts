import type { Tone } from "@/components/ui/badge";
import type { HealthReport, Job } from "@/lib/api/types";

export const STATES: Record<HealthReport["state"], { name: string; tone: Tone; page: string }> = {
  ok: { name: "Working", tone: "good", page: "Everything works." },
  degraded: { name: "Limping", tone: "warn", page: "Something needs a look; the rest works." },
  down: { name: "Down", tone: "bad", page: "A part that is needed does not work." },
};

export const PARTS: Record<string, { name: string; does: string }> = {
  database: { name: "Database", does: "Holds everything, under row-level security" },
  migrations: { name: "Schema", does: "The tables fit this version" },
  redis: { name: "Queue", does: "Rings the workers’ bell; may be lost at any time" },
  keys: { name: "Keys", does: "Check who signs in" },
  "sign-in": { name: "Sign-in", does: "The auth service" },
  rest: { name: "REST", does: "Tables for n8n and other programs" },
  realtime: { name: "Realtime", does: "Pages hear of changes at once" },
  workers: { name: "Workers", does: "Sync, search for insights, deliver" },
  isolation: { name: "Isolation", does: "Organisations cannot see each other" },
};

export const JOB: Record<Job["status"], { name: string; tone: Tone }> = {
  queued: { name: "Waiting", tone: "neutral" },
  running: { name: "Running", tone: "accent" },
  done: { name: "Done", tone: "good" },
  failed: { name: "Will be retried", tone: "warn" },
  dead: { name: "Given up", tone: "bad" },
};

const JOBS: Record<string, string> = {
  "connections.sync": "Sync an account",
  "connections.sync_due": "Plan the syncs that are due",
  "insights.detect": "Search for insights",
  "insights.check_stale": "Look for numbers that stopped coming",
  "insights.withdraw": "Withdraw insights of an undone import",
  "insights.index_document": "Index a document",
  "automation.fan_out": "Match an event with the rules",
  "automation.deliver": "Deliver a message",
  "automation.process_webhook": "Process a webhook",
};

export const jobLabel = (name: string) => JOBS[name] ?? name.replace(/[._]/g, " ");
