import { z } from "zod";

// Validations shared by several forms.

/** A function where it must be read in the language of the moment: schemas are made once. */
type Message = string | (() => string);
const said = (message: Message) => ({ error: typeof message === "string" ? () => message : message });

const atMost = (length: number) => `Use at most ${length} characters.`;

export const requiredText = (max: number, message: Message) =>
  z.string().trim().min(1, said(message)).max(max, atMost(max));

export const optionalText = (max: number) => z.string().trim().max(max, atMost(max));

/** A required choice from a select. */
export const choice = (message: Message) => z.string().min(1, said(message));

export const email = z
  .string()
  .trim()
  .min(1, "Enter an e-mail address.")
  .max(254, atMost(254))
  .regex(z.regexes.html5Email, "This is not an e-mail address. Use name@example.com.");

export const password = z.string().min(1, "Enter your password.");

/** A new password. How strong it must be is a setting of the auth service, which answers with the reason. */
export const newPassword = z.string().min(1, "Choose a password.").max(72, atMost(72));

/** A code from an e-mail or an authenticator app, with or without spaces. */
export const oneTimeCode = z
  .string()
  .transform((text) => text.replace(/\s/g, ""))
  .pipe(z.string().regex(/^[0-9]{6,12}$/, "Enter the 6 digits of the code."));

/** The value of a date input. */
export const isoDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Choose a day.");

/** The value of a date input that may stay empty; null then. */
export const optionalDay = z
  .string()
  .transform((text) => text || null)
  .pipe(isoDay.nullable());

export const webAddress = z.url({ protocol: /^https?$/, message: "Enter an address like https://example.com." });

export const optionalWebAddress = z
  .string()
  .trim()
  .pipe(z.union([z.literal(""), webAddress]));

/** The value of a number input; null when it is empty. `max` keeps it exact in JSON. */
export const optionalNumber = (max: number) =>
  z
    .string()
    .trim()
    .transform((text) => (text === "" ? null : Number(text)))
    .pipe(z.number("Enter a number.").min(0, "Enter 0 or more.").max(max, "This number is too large.").nullable());
