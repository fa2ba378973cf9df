"use client";

import { useCallback } from "react";
import { useUrlState } from "./url-state";

/** The periods that an artist's numbers can be shown for, in days. */
export const PERIODS = [7, 28, 90, 365];
const DEFAULT_DAYS = 28;

/** The chosen period in days, stored in the URL. */
export function usePeriod() {
  const { get, set } = useUrlState();
  const days = PERIODS.find((each) => String(each) === get("days")) ?? DEFAULT_DAYS;
  const setDays = useCallback((next: number) => set({ days: String(next) }), [set]);
  return { days, setDays };
}
