/** The time of the installation: a demo may run on another date, and its pages then say when things happened there. */
let aheadMs = 0;

export function setClockAhead(seconds: number): void {
  aheadMs = seconds * 1000;
}

/** Milliseconds since 1970, by the installation's clock. */
export function now(): number {
  return Date.now() + aheadMs;
}
