"use client";

import { Undo2 } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { useTell } from "@/components/ui/toast";
import { sentence } from "@/lib/api/error";
import type { ImportPreview } from "@/lib/api/types";
import { plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useCommit, useDrop, useUndo } from "./queries";

type Props = { item: ImportPreview; onClose: () => void };

/** Answer what the file does not say, and let it count; or take it back. */
export function Decide({ item, onClose }: Props) {
  const { can } = useSession();
  const { tell } = useTell();
  const commit = useCommit((committed) => {
    const recorded = committed.summary.recorded;
    tell(recorded ? `${plural(recorded.new + recorded.restated, "value")} recorded` : "Imported");
  });
  const undo = useUndo();
  const drop = useDrop(onClose);
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
          {(wiring) =>
            question.kind === "choice" ? (
              <Select {...wiring} name={question.key} defaultValue={question.default ?? ""} required>
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
                {...wiring}
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
          {sentence(commit.error)}
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
