import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { routed } from "@/testing/navigation";
import { useUrlState } from "./url-state";

function go(search: string) {
  routed.search = search;
  window.history.replaceState(null, "", `/page/?${search}`);
}

afterEach(() => {
  go("");
  routed.search = null;
});

test("a change is read at once, before the router has taken up the address", () => {
  go("view=days");
  const { result, rerender } = renderHook(() => useUrlState());
  act(() => result.current.set({ before: "1" }));
  expect(result.current.get("before")).toBe("1");
  act(() => result.current.set({ before: null, view: "index" }));
  expect([result.current.get("before"), result.current.get("view")]).toEqual(["", "index"]);

  routed.search = "view=days&before=1"; // the first of both changes arrives
  rerender();
  expect(result.current.get("view")).toBe("index");
  routed.search = "view=index";
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
