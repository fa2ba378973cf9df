"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { call } from "@/lib/api/client";
import { ApiError } from "@/lib/api/error";
import type { Me, Permission } from "@/lib/api/types";
import { activeOrg, rememberOrg } from "./active-org";
import { hasSession, lacksSecondStep, signOut, storedUser } from "./token";

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
  const given = storedUser()?.user_metadata;
  const display_name = String(given?.display_name || given?.full_name || given?.name || "")
    .trim()
    .slice(0, 120);
  // The name that they gave when they made the account, once; from then on it is theirs to change.
  if (me.user.display_name || !display_name) return me;
  const rename = call((client) => client.PATCH("/auth/me", { body: { display_name } }));
  return { ...me, user: await rename.catch(() => me.user) };
}

/** Say who is signed in: undefined while asked, and an error when the server does not say. */
export function useMe() {
  const signedIn = useSyncExternalStore(subscribe, hasSession, () => false);
  const enabled = signedIn && !lacksSecondStep();
  return { signedIn, ...useQuery({ queryKey: ["me"], queryFn: askWho, enabled, staleTime: 5 * 60_000 }) };
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("storage", changed);
  return () => window.removeEventListener("storage", changed);
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
