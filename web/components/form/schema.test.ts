import { expect, test } from "vitest";
import { email, isoDay, oneTimeCode, optionalNumber, optionalWebAddress } from "./schema";

test("a code may contain spaces, and has at least six digits", () => {
  expect(oneTimeCode.parse("123 456")).toBe("123456");
  expect(oneTimeCode.safeParse("12345").success).toBe(false);
});

test("an empty number field is null, and 0 is 0", () => {
  const schema = optionalNumber(100);
  expect(schema.parse("")).toBeNull();
  expect(schema.parse("0")).toBe(0);
  expect(schema.safeParse("-1").success).toBe(false);
  expect(schema.safeParse("101").success).toBe(false);
  expect(schema.safeParse("ten").success).toBe(false);
});

test("an amount may have a decimal comma, and groups of digits are refused", () => {
  const schema = optionalNumber(10_000);
  expect(schema.parse("4,50")).toBe(4.5);
  expect(schema.parse("4.5")).toBe(4.5);
  expect(schema.safeParse("1,000").success).toBe(false);
});

test("addresses", () => {
  expect(email.parse(" ada@example.test ")).toBe("ada@example.test");
  expect(email.safeParse("ada").success).toBe(false);
  expect(optionalWebAddress.parse(" ")).toBe("");
  expect(optionalWebAddress.safeParse("javascript:alert(1)").success).toBe(false);
});

test("a day is an ISO day", () => {
  expect(isoDay.safeParse("").success).toBe(false);
  expect(isoDay.safeParse("2026-02-28").success).toBe(true);
});
