import { act, render, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { setLanguage } from "@/lib/language/active";
import { PageTitle, useOwnTitle } from "./page-title";

afterEach(() => act(() => setLanguage("en")));

test("the English title of the export is translated whenever it is written, and a better one stays", async () => {
  window.history.replaceState(null, "", "/");
  await setLanguage("de");
  document.title = "Home · ARTi";
  render(<PageTitle />);
  expect(document.title).toBe("Start · ARTi");
  document.title = "Home · ARTi";
  await waitFor(() => expect(document.title).toBe("Start · ARTi"));
  document.title = "Velvet Harbor · ARTi";
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(document.title).toBe("Velvet Harbor · ARTi");
});

test("a page keeps its own title when that of the export is written again", async () => {
  window.history.replaceState(null, "", "/artist/");
  const Artist = () => {
    useOwnTitle("Velvet Harbor");
    return <PageTitle />;
  };
  document.title = "Artist · ARTi";
  const { unmount } = render(<Artist />);
  expect(document.title).toBe("Velvet Harbor · ARTi");
  document.title = "Artist · ARTi";
  await waitFor(() => expect(document.title).toBe("Velvet Harbor · ARTi"));
  unmount();
  window.history.replaceState(null, "", "/");
});
