import { expect, test } from "vitest";
import type { AuditEntry } from "@/lib/api/types";
import { auditActionLabel, auditDetailsLabel } from "./audit-labels";

const entry = (action: string, details: Record<string, unknown>) =>
  ({ action, details, details_erased: false, subject_kind: action.split(".")[0], subject_id: "1" }) as AuditEntry;

test("what was changed is said by name, with the old and the new value", () => {
  const changes = { title: { from: "Halo", to: "Halo II" }, isrc: { from: null, to: "QZAR22600001" } };
  expect(auditActionLabel("recording.updated")).toBe("Edited a song");
  expect(auditDetailsLabel(entry("recording.updated", { title: "Halo", changes }))).toBe(
    "Halo · title: Halo → Halo II · isrc: – → QZAR22600001",
  );
  const tags = { tags: { from: ["priority", "tour"], to: [] }, enabled: { from: true, to: false } };
  expect(auditDetailsLabel(entry("artist.updated", { name: "Moth", changes: tags }))).toBe(
    "Moth · tags: priority, tour → – · enabled: yes → no",
  );
});

test("entries from before name the fields only", () => {
  expect(auditDetailsLabel(entry("release.updated", { fields: ["released_on", "title"] }))).toBe("released on, title");
});
