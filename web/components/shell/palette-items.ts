import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { addressOf, useSavedViews } from "@/components/saved-views/queries";
import { t as viewText } from "@/components/saved-views/messages";
import { call } from "@/lib/api/client";
import type { Permission } from "@/lib/api/types";
import { useOrgId, useSession } from "@/lib/session/context";
import { applyTheme } from "@/lib/theme";
import { SHORTCUTS_EVENT } from "./keyboard-shortcuts";
import { NAV_ITEMS } from "./navigation";
import { t } from "@/components/messages";

export type PaletteItem = { id: string; name: string; note: string; run: () => void };

const FEW = 5;
const LEAST_CHARACTERS = 2;
const LEAST_QUESTION = 8; // characters: shorter is a name

/** What matches `text`, and whether the server's results are those of this text. */
export function usePaletteItems(text: string, open: boolean): { items: PaletteItem[]; settled: boolean } {
  const { can, signOut } = useSession();
  const router = useRouter();
  const q = text.trim();
  const words = q.toLowerCase();
  const to = (id: string, name: string, note: string, href: string) => ({
    id,
    name,
    note,
    run: () => router.push(href),
  });
  const matching = (name: string) => name.toLowerCase().includes(words);
  const typed = open && q.length >= LEAST_CHARACTERS;

  const artists = useFound("artists", q, open, "roster:read", () =>
    call((client) => client.GET("/api/artists", { params: { query: { q, limit: 8 } } })),
  );
  const songs = useFound("songs", q, typed, "roster:read", () =>
    call((client) => client.GET("/api/recordings", { params: { query: { q, sort: "title", limit: FEW } } })),
  );
  const releases = useFound("releases", q, typed, "roster:read", () =>
    call((client) => client.GET("/api/releases", { params: { query: { q, limit: FEW } } })),
  );
  const members = useFound("members", q, typed, "members:read", () =>
    call((client) => client.GET("/api/admin/users", { params: { query: { q, limit: FEW } } })),
  );
  const campaigns = useFound("campaigns", q, typed, "campaigns:read", () =>
    call((client) => client.GET("/api/campaigns", { params: { query: { q, limit: FEW } } })),
  );
  const documents = useFound("documents", q, typed, "documents:read", () =>
    call((client) => client.GET("/api/documents", { params: { query: { q, limit: FEW } } })),
  );
  const insights = useFound("insights", q, typed, "insights:read", () =>
    call((client) => client.GET("/api/insights", { params: { query: { q, limit: FEW } } })),
  );
  const saved = useSavedViews(open && can("roster:read"));

  const pages = NAV_ITEMS.filter((item) => can(item.needs) && matching(t(`nav.items.${item.name}`))).map((item) =>
    to(item.href, t(`nav.items.${item.name}`), `g ${item.key}`, item.href),
  );
  const artistItems = (artists.data?.items ?? []).map((each) =>
    to(each.id, each.name, t("palette.artist"), `/artist/?id=${each.id}`),
  );
  const views = (saved.data?.items ?? [])
    .filter((view) => matching(view.name))
    .map((view) => to(view.id, view.name, viewText("menu.palette"), addressOf(view)));
  if (!q) {
    return {
      items: [...pages, ...views, ...artistItems],
      settled: !saved.isLoading && !artists.isFetching && !artists.isPlaceholderData,
    };
  }
  const found = typed
    ? [
        ...(songs.data?.items ?? []).map((each) =>
          to(each.id, each.title, by(t("palette.song"), each.credits), `/song/?id=${each.id}`),
        ),
        ...(releases.data?.items ?? []).map((each) =>
          to(each.id, each.title, by(t("palette.release"), each.credits), `/release/?id=${each.id}`),
        ),
        ...(campaigns.data?.items ?? []).map((each) =>
          to(each.id, each.name, t("palette.campaign"), `/campaigns/?id=${each.id}`),
        ),
        ...(insights.data?.items ?? []).map((each) =>
          to(each.id, each.title, t("palette.insight"), `/insights/?id=${each.id}`),
        ),
        ...(documents.data?.items ?? []).map((each) =>
          to(each.id, each.title, t("palette.document"), `/knowledge/?id=${each.id}`),
        ),
        ...(members.data?.items ?? []).map((each) =>
          to(each.id, each.display_name || each.email, t("palette.member"), `/members/?id=${each.id}`),
        ),
      ]
    : [];
  const act = (name: string, run: () => void) => ({ id: name, name, note: t("palette.action"), run });
  const actions = [
    act(t("palette.light"), () => applyTheme("light")),
    act(t("palette.dark"), () => applyTheme("dark")),
    act(t("palette.system"), () => applyTheme("system")),
    act(t("shortcuts.help"), () => window.dispatchEvent(new Event(SHORTCUTS_EVENT))),
    act(t("user.signOut"), () => void signOut()),
  ].filter((each) => matching(each.name));
  const ask =
    q.length >= LEAST_QUESTION && can("documents:read")
      ? [to("ask", t("palette.ask", { text: q }), t("palette.askNote"), `/knowledge/?ask=${encodeURIComponent(q)}`)]
      : [];
  return {
    items: [...artistItems, ...found, ...views, ...pages, ...actions, ...ask],
    settled:
      !saved.isLoading &&
      [artists, songs, releases, members, campaigns, documents, insights].every(
        (each) => !each.isFetching && !each.isPlaceholderData,
      ),
  };
}

/** "Song · Mara Quill": songs of one name differ by who made them. */
function by(kind: string, credits: { name: string; role: string }[]): string {
  const names = credits.filter((credit) => credit.role === "main").map((credit) => credit.name);
  return [kind, names.join(", ")].filter(Boolean).join(" · ");
}

/** What the server finds of one kind. A kind that fails, or that one may not see, is left out. */
function useFound<T>(kind: string, q: string, enabled: boolean, needs: Permission, find: () => Promise<T>) {
  const org = useOrgId();
  const { can } = useSession();
  return useQuery({
    queryKey: [org, kind, "palette", q],
    queryFn: find,
    enabled: enabled && can(needs),
    placeholderData: keepPreviousData,
    retry: false,
  });
}
