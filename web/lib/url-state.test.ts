import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useUrlState } from "./url-state";

const router = vi.hoisted(() => ({ search: "" }));
vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams(router.search) }));

function go(search: string) {
  router.search = search;
  window.history.replaceState(null, "", `/page/?${search}`);
}

afterEach(() => go(""));

test("a change is read at once, before the router has taken up the address", () => {
  go("view=days");
  const { result, rerender } = renderHook(() => useUrlState());
  act(() => result.current.set({ before: "1" }));
  expect(result.current.get("before")).toBe("1");
  act(() => result.current.set({ before: null, view: "index" }));
  expect([result.current.get("before"), result.current.get("view")]).toEqual(["", "index"]);

  router.search = "view=days&before=1"; // the first of both changes arrives
  rerender();
  expect(result.current.get("view")).toBe("index");
  router.search = "view=index";
  rerender();
  expect(result.current.get("view")).toBe("index");
});

test("a page that was left does not hold what was written", () => {
  go("view=days");
  const { result, rerender } = renderHook(() => useUrlState());
  act(() => result.current.set({ view: "index" }));
  go("view=weeks"); // a link, or the way back
  rerender();
  expect(result.current.get("view")).toBe("weeks");
});
