import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { setLanguage } from "@/lib/language/active";
import { catalogue, type Messages } from "@/lib/language/catalogue";
import { ReaderLanguage } from "./reader-language";

const load = () => Promise.resolve({ default: { title: "Titel" } as Messages });

afterEach(() => setLanguage("en"));

test("the page changes when its reader chooses another language", async () => {
  const t = catalogue({ title: "Songs" }, { de: load, es: load, fr: load, pt: load });
  const Page = () => <h1>{t("title")}</h1>;
  render(
    <ReaderLanguage>
      <Page />
    </ReaderLanguage>,
  );
  expect(screen.getByRole("heading").textContent).toBe("Songs");
  await act(() => setLanguage("de"));
  expect(screen.getByRole("heading").textContent).toBe("Titel");
});
