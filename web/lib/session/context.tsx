"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { createContext, Fragment, useCallback, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { call } from "@/lib/api/client";
import { ApiError } from "@/lib/api/error";
import type { Me, Permission } from "@/lib/api/types";
import { setLanguage } from "@/lib/language/active";
import { regionalOf, setRegional } from "@/lib/regional";
import { activeOrgId, setActiveOrgId } from "./active-org";
import { hasSession, needsMfa, signOut, storedUser } from "./token";

type Session = {
  me: Me;
  org: Me["orgs"][number] | null;
  can: (permission: Permission) => boolean;
  switchOrg: (id: string) => void;
  signOut: () => Promise<void>;
};

const Context = createContext<Session | null>(null);

async function fetchMe(): Promise<Me> {
  const request = () => call((client) => client.GET("/auth/me"));
  let me: Me;
  try {
    me = await request();
  } catch (error) {
    // The stored org may be deleted, or the user is no longer a member of it.
    if (!(error instanceof ApiError) || ![403, 404, 422].includes(error.status) || !activeOrgId()) throw error;
    setActiveOrgId(null);
    me = await request();
  }
  if (!me.active && me.orgs[0]) {
    setActiveOrgId(me.orgs[0].id);
    me = await request();
  }
  const metadata = storedUser()?.user_metadata;
  const display_name = String(metadata?.display_name || metadata?.full_name || metadata?.name || "")
    .trim()
    .slice(0, 120);
  // The name entered at sign-up is stored once; later changes are made in the settings.
  if (me.user.display_name || !display_name) return me;
  const rename = call((client) => client.PATCH("/auth/me", { body: { display_name } }));
  return { ...me, user: await rename.catch(() => me.user) };
}

/** Who is signed in: undefined while loading. */
export function useMe() {
  const signedIn = useSyncExternalStore(subscribe, hasSession, () => false);
  const enabled = signedIn && !needsMfa();
  return { signedIn, ...useQuery({ queryKey: ["me"], queryFn: fetchMe, enabled, staleTime: 5 * 60_000 }) };
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("storage", onChange);
  return () => window.removeEventListener("storage", onChange);
}

export function SessionProvider({ me, children }: { me: Me; children: React.ReactNode }) {
  const queries = useQueryClient();
  const router = useRouter();

  const org = me.orgs.find((each) => each.id === me.active?.org_id) ?? null;
  const language = me.user.language ?? org?.language ?? "en";
  useEffect(() => void setLanguage(language), [language]);
  const regional = regionalOf(me.user, org);
  setRegional(regional);

  const signOutAndLeave = useCallback(async () => {
    await signOut().catch(() => undefined);
    queries.clear();
    router.replace("/sign-in/");
  }, [queries, router]);

  const session = useMemo<Session>(
    () => ({
      me,
      org,
      can: (permission) => me.active?.permissions.includes(permission) ?? false,
      switchOrg: (id) => {
        setActiveOrgId(id);
        // A full page load clears all state of the other org.
        window.location.assign("/");
      },
      signOut: signOutAndLeave,
    }),
    [me, org, signOutAndLeave],
  );
  return (
    <Context.Provider value={session}>
      {/* A choice of another form makes everything anew, since all of it is written in it. */}
      <Fragment key={Object.values(regional).join(" ")}>{children}</Fragment>
    </Context.Provider>
  );
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
