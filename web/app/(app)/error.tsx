"use client";

import { useQueryClient } from "@tanstack/react-query";
import { PageError } from "@/components/page-error";

/** A page inside the shell crashed: the navigation stays. */
export default function AppError({ error, reset }: { error: Error; reset: () => void }) {
  const queries = useQueryClient();
  const retry = () => {
    // The data that the page crashed on is loaded again; the session stays.
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
    reset();
  };
  return <PageError error={error} retry={retry} />;
}
