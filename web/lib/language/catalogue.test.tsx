import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test } from "vitest";
import { day, exact, percent } from "@/lib/format";
import { activeRegional, setRegional } from "@/lib/regional";
import { setLanguage } from "./active";
import { catalogue, type Messages } from "./catalogue";

const english = {
  title: "Songs",
  count: "{count, plural, one {# song} other {# songs}}",
  part: { hint: "See <b>this</b>", note: "Note" },
};
const german = { title: "Titel", count: "{count, plural, one {# Titel} other {# Titel}}" };

function songs(load: () => Promise<{ default: Messages }> = () => Promise.resolve({ default: german })) {
  const english_ = () => Promise.resolve({ default: english as Messages });
  return catalogue(english, { de: load, es: english_, fr: english_, pt: english_ });
}

afterEach(() => setLanguage("en"));

test("English is there at once, with its plurals and elements", () => {
  const t = songs();
  expect([t("title"), t("count", { count: 1 }), t("count", { count: 1200 })]).toEqual([
    "Songs",
    "1 song",
    "1,200 songs",
  ]);
  render(<p>{t.rich("part.hint", { b: (chunks) => <b>{chunks}</b> })}</p>);
  expect(screen.getByText("this").tagName).toBe("B");
});

test("another language is loaded, and what it lacks is English", async () => {
  const t = songs();
  await setLanguage("de");
  expect([t("title"), t("count", { count: 1200 }), t("part.note")]).toEqual(["Titel", "1.200 Titel", "Note"]);
  expect(document.documentElement.lang).toBe("de");
  expect(window.localStorage.getItem("arti-language")).toBe("de");
  expect([exact(1234.5), percent(3.14), day("2026-10-31")]).toEqual(["1.234,5", "3,1\u00a0%", "31. Okt. 2026"]);
});

test("a page shows no keys and no English while its language is loaded", async () => {
  await setLanguage("de");
  let arrive = () => undefined as void;
  const t = songs(() => new Promise((resolve) => (arrive = () => resolve({ default: german }))));
  const Page = () => <h1>{t("title")}</h1>;
  const { container } = render(
    <Suspense fallback="waits">
      <Page />
    </Suspense>,
  );
  expect(container.textContent).toBe("waits");
  await act(async () => arrive());
  expect(screen.getByRole("heading").textContent).toBe("Titel");
});

test("what cannot be loaded is shown in English", async () => {
  const t = songs(() => Promise.reject(new Error("offline")));
  await setLanguage("de");
  expect(t("title")).toBe("Songs");
});

test("numbers within a message have the separators that the reader chose", () => {
  const before = activeRegional();
  setRegional({ ...before, number_form: "apostrophe_point" });
  expect(songs()("count", { count: 1200 })).toBe("1’200 songs");
  setRegional(before);
  expect(songs()("count", { count: 1200 })).toBe("1,200 songs");
});
