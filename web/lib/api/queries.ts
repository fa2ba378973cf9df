"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryOptions } from "@tanstack/react-query";
import { useTell } from "@/components/ui/toast";
import { useOrgId } from "@/lib/session/context";

type Key = readonly unknown[];
type Options<T> = Omit<UseQueryOptions<T>, "queryKey" | "queryFn">;

/** Ask for something of the active org. The key gets the org's id in front. */
export function useOrgQuery<T>(key: Key, ask: () => Promise<T>, options: Options<T> = {}) {
  const org = useOrgId();
  return useQuery({ queryKey: [org, ...key], queryFn: ask, ...options });
}

type PageOf<T> = { items: T[]; next_cursor: string | null };

/** Ask for a paged list of the active org. `items` holds all pages so far. */
export function useOrgList<T>(
  key: Key,
  ask: (cursor: string | undefined) => Promise<PageOf<T>>,
  options: { enabled?: boolean; refetchInterval?: number | false } = {},
) {
  const org = useOrgId();
  const { data, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [org, ...key],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
    ...options,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? null;
  return { items, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage };
}

type Act<V, T> = {
  /** First parts of the keys that are stale afterwards. */
  stales: Key[];
  done?: string | ((result: T, input: V) => string | null);
  then?: (result: T, input: V) => void;
  /** The caller shows the error itself. */
  quiet?: boolean;
};

/** Do something in the active org: says what became of it, and refreshes what it changed. */
export function useAct<V, T>(act: (input: V) => Promise<T>, { stales, done, then, quiet }: Act<V, T>) {
  const org = useOrgId();
  const queries = useQueryClient();
  const { tell, tellError } = useTell();
  return useMutation({
    mutationFn: act,
    // Pending until what it changed is here again: nothing jumps back to the old state for a moment.
    onSuccess: async (result, input) => {
      const words = typeof done === "function" ? done(result, input) : done;
      if (words) tell(words);
      then?.(result, input);
      await Promise.all(stales.map((key) => queries.invalidateQueries({ queryKey: [org, ...key] })));
    },
    onError: (error) => {
      if (!quiet) tellError(error);
    },
  });
}
