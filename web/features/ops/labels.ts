import type { Tone } from "@/components/ui/badge";
import type { HealthReport, Job } from "@/lib/api/types";

export const STATES: Record<HealthReport["state"], { name: string; tone: Tone; page: string }> = {
  ok: { name: "Working", tone: "good", page: "Everything works." },
  degraded: { name: "Degraded", tone: "warn", page: "One service needs attention; the rest works." },
  down: { name: "Down", tone: "bad", page: "A required service is down." },
};

export const PARTS: Record<string, { name: string; does: string }> = {
  database: { name: "Database", does: "Stores everything, under row-level security" },
  migrations: { name: "Schema", does: "The tables match this version" },
  redis: { name: "Queue", does: "Wakes the workers; can be lost without harm" },
  keys: { name: "Keys", does: "Sign and verify tokens" },
  "sign-in": { name: "Sign-in", does: "The auth service" },
  rest: { name: "REST", does: "Tables for n8n and other clients" },
  realtime: { name: "Realtime", does: "Sends changes to open pages" },
  workers: { name: "Workers", does: "Sync, detect insights, deliver" },
  providers: { name: "Platforms", does: "Answer when accounts are synced" },
  files: { name: "Files", does: "What people uploaded is complete" },
  backups: { name: "Backups", does: "A good one of the last day exists" },
  isolation: { name: "Isolation", does: "Organisations cannot see each other" },
};

export const JOB: Record<Job["status"], { name: string; tone: Tone }> = {
  queued: { name: "Waiting", tone: "neutral" },
  running: { name: "Running", tone: "accent" },
  done: { name: "Done", tone: "good" },
  failed: { name: "Retrying", tone: "warn" },
  dead: { name: "Failed", tone: "bad" },
};

const JOBS: Record<string, string> = {
  "connections.sync": "Sync an account",
  "connections.sync_due": "Schedule due syncs",
  "insights.detect": "Detect insights",
  "insights.check_stale": "Look for data that stopped arriving",
  "insights.withdraw": "Withdraw insights of an undone import",
  "insights.index_document": "Index a document",
  "automation.fan_out": "Match an event to rules",
  "automation.deliver": "Deliver a message",
  "automation.process_webhook": "Process a webhook",
};

export const jobLabel = (name: string) => JOBS[name] ?? name.replace(/[._]/g, " ");
