"use client";

import { Menu as MenuIcon } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { Bell } from "@/components/notifications/bell";
import { OwnInvitations } from "@/components/own-invitations";
import { keepPage } from "@/lib/keep-page";
import { useOnDemand } from "@/lib/on-demand";
import { parseAuthCallback } from "@/lib/session/auth-callback";
import { SessionProvider, useMe } from "@/lib/session/context";
import { useReauthentication } from "@/lib/session/reauthentication";
import { needsMfa } from "@/lib/session/token";
import { SHORTCUTS_EVENT, useKeyboardShortcuts } from "./keyboard-shortcuts";
import { LazyPalette } from "./lazy-palette";
import { OnEvent } from "./on-event";
import { Sidebar } from "./sidebar";
import { ErasureBanner } from "./erasure-banner";
import { PaletteButton } from "./palette-button";
import { OfflineBanner } from "./offline-banner";
import { SlowBanner } from "./slow-banner";
import { StaleBanner } from "./stale-banner";
import { t } from "@/components/messages";

const loadMenu = () => import("./mobile-menu").then((module) => module.MobileMenu);
const loadShortcuts = () => import("./shortcuts-dialog").then((module) => module.ShortcutsDialog);

/** The layout of every signed-in page. The session is loaded before the page renders. */
export function Shell({ children }: { children: React.ReactNode }) {
  const { signedIn, data: me, error, refetch } = useMe();
  const router = useRouter();
  const current = usePathname();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    setReady(true);
    keepPage();
  }, []);
  const reauthentication = useReauthentication();

  useEffect(() => {
    if (!ready) return;
    const { search, hash } = window.location;
    const redirect = (path: string, more = "") => {
      const here = current + search;
      const query = new URLSearchParams(here === "/" ? more : `${more}&next=${encodeURIComponent(here)}`).toString();
      router.replace(`${path}${query ? `?${query}` : ""}`);
    };
    // A link of the auth service whose redirect was not on its allow list leads here.
    if (current === "/" && parseAuthCallback(search, hash)) router.replace(`/sign-in/callback/${search}${hash}`);
    else if (reauthentication && me)
      return; // signed in again on this page: form values are kept
    else if (!signedIn) redirect("/sign-in/", reauthentication ? "ended=1" : "");
    else if (needsMfa()) redirect("/sign-in/mfa/");
    else if (me && me.orgs.length === 0) router.replace("/welcome/");
  }, [ready, signedIn, me, current, router, reauthentication]);

  if (error && signedIn && !me) {
    return (
      <main className="grid min-h-dvh place-items-center">
        <h1 className="sr-only">ARTi</h1>
        <ErrorState error={error} what={t("shell.session")} retry={() => void refetch()} />
      </main>
    );
  }
  if (!ready || !me?.active) return <ShellSkeleton />;
  return (
    <SessionProvider me={me}>
      <Frame>{children}</Frame>
    </SessionProvider>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  useKeyboardShortcuts();
  return (
    <div className="lg:grid lg:grid-cols-[220px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t("shell.skip")}
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line lg:block">
        <Sidebar />
      </aside>
      <MobileBar />
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        <div className="mx-auto max-w-[1280px] px-4 pt-5 pb-16 sm:px-6">
          <OfflineBanner />
          <SlowBanner />
          <StaleBanner />
          <ErasureBanner />
          <OwnInvitations className="mb-4" />
          {children}
        </div>
      </main>
      <OnEvent event={SHORTCUTS_EVENT} load={loadShortcuts} />
      <LazyPalette />
    </div>
  );
}

function MobileBar() {
  const { loaded, open } = useOnDemand(loadMenu);
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-bg/95 px-2 backdrop-blur lg:hidden">
      {loaded ? (
        <loaded.Component />
      ) : (
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("shell.openMenu")}
          aria-haspopup="dialog"
          onClick={() => void open()}
        >
          <MenuIcon aria-hidden />
        </Button>
      )}
      <Logo className="size-6" />
      <span className="font-semibold">ARTi</span>
      <PaletteButton className="ml-auto" />
      <Bell />
    </header>
  );
}

function ShellSkeleton() {
  return (
    <div className="lg:grid lg:grid-cols-[220px_minmax(0,1fr)]" aria-busy>
      <div className="hidden h-dvh border-r border-line p-4 lg:block">
        <Skeleton className="h-7" />
        {Array.from({ length: 8 }, (_, line) => (
          <Skeleton key={line} className="mt-4 w-3/4" />
        ))}
      </div>
      <main className="min-w-0 p-6">
        <h1 className="sr-only">{t("shell.loading")}</h1>
        <SlowBanner />
        <Skeleton className="h-7 w-48" />
        <SkeletonRows rows={8} className="mt-6 px-0" />
      </main>
    </div>
  );
}
