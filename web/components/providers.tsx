"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ReaderLanguage } from "@/components/reader-language";
import { ToastProvider } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/error";
import { onLanguageChange } from "@/lib/language/active";
import { followSystem } from "@/lib/theme";

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: "always",
        // Only network failures and gateway errors are retried, once; any other error is final.
        retry: (count, error) =>
          count < 1 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
        retryDelay: 800,
      },
      // ARTi may run on this machine, so requests are sent even when the browser is offline.
      mutations: { networkMode: "always" },
    },
  });
}

export function Providers({ children }: { children: React.ReactNode }) {
  const [client] = useState(makeClient);
  useEffect(followSystem, []);
  // The API writes its sentences in the reader's language too.
  useEffect(() => onLanguageChange(() => void client.invalidateQueries()), [client]);
  return (
    <QueryClientProvider client={client}>
      <ToastProvider>
        <ReaderLanguage>{children}</ReaderLanguage>
      </ToastProvider>
    </QueryClientProvider>
  );
}
