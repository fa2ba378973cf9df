"use client";

import { Undo2 } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { useToast } from "@/lib/toast";
import { errorMessage } from "@/lib/api/error";
import type { ImportPreview } from "@/lib/api/types";
import { plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useCommitImport, useDiscardImport, useUndoImport } from "./queries";

type Props = { item: ImportPreview; onClose: () => void };

/** Answer what the file does not say, and let it count; or take it back. */
export function ImportActions({ item, onClose }: Props) {
  const { can } = useSession();
  const { showToast } = useToast();
  const commit = useCommitImport((committed) => {
    const recorded = committed.summary.recorded;
    showToast(recorded ? `${plural(recorded.new + recorded.restated, "value")} recorded` : "Imported");
  });
  const undo = useUndoImport();
  const drop = useDiscardImport(onClose);
  if (!can("imports:write")) return null;

  if (item.status === "committed") {
    return (
      <div className="flex flex-wrap items-center gap-2">
        <Link
          href={`/artist/?id=${item.artist_id}&days=365`}
          className="mr-auto text-sm font-medium text-accent hover:underline"
        >
          See the numbers
        </Link>
        <Button busy={undo.isPending} onClick={() => undo.mutate(item.id)}>
          <Undo2 aria-hidden /> Take it back
        </Button>
      </div>
    );
  }
  if (item.status === "undone") return null;
  if (item.status === "refused") {
    return (
      <div className="flex justify-end">
        <Button busy={drop.isPending} onClick={() => drop.mutate(item.id)}>
          Remove from the list
        </Button>
      </div>
    );
  }
  return (
    <form
      className="grid gap-4 rounded-card border border-accent/40 bg-sunken p-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const options = Object.fromEntries(item.questions.map((each) => [each.key, String(form.get(each.key) ?? "")]));
        commit.mutate({ id: item.id, options });
      }}
    >
      {item.questions.length > 0 && <p className="text-sm font-medium">The file does not say this. Please check:</p>}
      {item.questions.map((question) => (
        <Field key={question.key} label={question.text}>
          {(fieldProps) =>
            question.kind === "choice" ? (
              <Select {...fieldProps} name={question.key} defaultValue={question.default ?? ""} required>
                {question.default === null && (
                  <option value="" disabled>
                    Choose
                  </option>
                )}
                {question.choices.map((choice) => (
                  <option key={choice}>{choice}</option>
                ))}
              </Select>
            ) : (
              <Input
                {...fieldProps}
                name={question.key}
                type={question.kind === "day" ? "date" : "text"}
                defaultValue={question.default ?? ""}
                required
              />
            )
          }
        </Field>
      ))}
      {commit.error && (
        <p role="alert" className="text-sm text-down">
          {errorMessage(commit.error)}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-sm text-muted">It counts only after you commit it, and can be taken back.</span>
        <Button busy={drop.isPending} onClick={() => drop.mutate(item.id)}>
          Drop it
        </Button>
        <Button type="submit" variant="primary" busy={commit.isPending}>
          Commit {plural(item.summary.observations, "value")}
        </Button>
      </div>
    </form>
  );
}
