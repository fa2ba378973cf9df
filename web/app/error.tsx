"use client";

import { useQueryClient } from "@tanstack/react-query";
import { PageError } from "@/components/page-error";

/** A page outside the shell, or the shell itself, crashed. */
export default function RootError({ error, reset }: { error: Error; reset: () => void }) {
  const queries = useQueryClient();
  const retry = () => {
    queries.clear();
    reset();
  };
  return (
    <main>
      <PageError error={error} retry={retry} className="min-h-dvh" />
    </main>
  );
}
