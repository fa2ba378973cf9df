"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { createContext, useCallback, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { call, SIGNED_OUT } from "@/lib/api/client";
import { ApiError } from "@/lib/api/error";
import type { Me, Permission } from "@/lib/api/types";
import { activeOrg, rememberOrg } from "./active-org";
import { hasSession, signOut } from "./token";

type Session = {
  me: Me;
  org: Me["orgs"][number] | null;
  can: (permission: Permission) => boolean;
  switchOrg: (id: string) => void;
  leave: () => Promise<void>;
};

const Context = createContext<Session | null>(null);

async function askWho(): Promise<Me> {
  const ask = () => call((client) => client.GET("/auth/me"));
  let me: Me;
  try {
    me = await ask();
  } catch (error) {
    // The remembered org may be gone, or this person is no longer its member.
    if (!(error instanceof ApiError) || ![403, 404, 422].includes(error.status) || !activeOrg()) throw error;
    rememberOrg(null);
    me = await ask();
  }
  if (!me.active && me.orgs[0]) {
    rememberOrg(me.orgs[0].id);
    me = await ask();
  }
  return me;
}

/** Say who is signed in: undefined while asked, and an error when the server does not say. */
export function useMe() {
  const signedIn = useSyncExternalStore(subscribe, hasSession, () => false);
  return { signedIn, ...useQuery({ queryKey: ["me"], queryFn: askWho, enabled: signedIn, staleTime: 5 * 60_000 }) };
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("storage", changed);
  return () => window.removeEventListener("storage", changed);
}

/** Lead to the sign-in page, and back afterwards, when the server no longer takes the session. */
export function useEndedSession(): void {
  const router = useRouter();
  const path = usePathname();
  useEffect(() => {
    const ended = () => {
      void signOut().catch(() => undefined);
      router.replace(`/sign-in/?ended=1&next=${encodeURIComponent(path + window.location.search)}`);
    };
    window.addEventListener(SIGNED_OUT, ended);
    return () => window.removeEventListener(SIGNED_OUT, ended);
  }, [path, router]);
}

export function SessionProvider({ me, children }: { me: Me; children: React.ReactNode }) {
  const queries = useQueryClient();
  const router = useRouter();

  const leave = useCallback(async () => {
    await signOut().catch(() => undefined);
    queries.clear();
    router.replace("/sign-in/");
  }, [queries, router]);

  const session = useMemo<Session>(
    () => ({
      me,
      org: me.orgs.find((org) => org.id === me.active?.org_id) ?? null,
      can: (permission) => me.active?.permissions.includes(permission) ?? false,
      switchOrg: (id) => {
        rememberOrg(id);
        // A full load: nothing of the other org stays in memory.
        window.location.assign("/");
      },
      leave,
    }),
    [me, leave],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

/** The session of a signed-in page. */
export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession is for pages inside the shell");
  return session;
}

/** The active org's id: the first part of every query key. */
export function useOrgId(): string {
  return useSession().org?.id ?? "";
}
