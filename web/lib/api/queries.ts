"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryOptions } from "@tanstack/react-query";
import { useOrgId } from "@/lib/session/context";
import { useToast } from "@/lib/toast";

type Key = readonly unknown[];
type Options<T> = Omit<UseQueryOptions<T>, "queryKey" | "queryFn">;

/** Query something of the active org. The org's id becomes the first part of the key. */
export function useOrgQuery<T>(key: Key, queryFn: () => Promise<T>, options: Options<T> = {}) {
  const org = useOrgId();
  return useQuery({ queryKey: [org, ...key], queryFn, ...options });
}

type Page<T> = { items: T[]; next_cursor: string | null };

/** Query a paged list of the active org. `items` holds the pages loaded so far. */
export function useOrgList<T>(
  key: Key,
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
  options: { enabled?: boolean; refetchInterval?: number | false } = {},
) {
  const org = useOrgId();
  const { data, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [org, ...key],
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
    ...options,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? null;
  return { items, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage };
}

type ApiMutationOptions<V, T> = {
  /** First parts of the query keys that this mutation makes stale. */
  invalidates: Key[];
  /** Shown as a toast; null shows none. */
  successMessage?: string | ((result: T, input: V) => string | null);
  onSuccess?: (result: T, input: V) => void;
  /** The caller shows the error itself: no toast. */
  silent?: boolean;
};

/** Change something in the active org: shows the result as a toast, and refetches what it made stale. */
export function useApiMutation<V, T>(
  mutationFn: (input: V) => Promise<T>,
  { invalidates, successMessage, onSuccess, silent }: ApiMutationOptions<V, T>,
) {
  const org = useOrgId();
  const queries = useQueryClient();
  const { showToast, showError } = useToast();
  return useMutation({
    mutationFn,
    // Pending until the queries are refetched, so that the old state does not flash.
    onSuccess: async (result, input) => {
      const message = typeof successMessage === "function" ? successMessage(result, input) : successMessage;
      if (message) showToast(message);
      onSuccess?.(result, input);
      await Promise.all(invalidates.map((key) => queries.invalidateQueries({ queryKey: [org, ...key] })));
    },
    onError: (error) => {
      if (!silent) showError(error);
    },
  });
}
