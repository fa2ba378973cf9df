import { z } from "zod";
import { t } from "@/components/messages";

// Validations shared by several forms.

/** A function where it must be read in the language of the moment: schemas are made once. */
type Message = string | (() => string);
const said = (message: Message) => ({ error: typeof message === "string" ? () => message : message });

const atMost = (length: number) => ({ error: () => t("form.atMost", { count: length }) });

export const requiredText = (max: number, message: Message) =>
  z.string().trim().min(1, said(message)).max(max, atMost(max));

export const optionalText = (max: number) => z.string().trim().max(max, atMost(max));

/** A required choice from a select. */
export const choice = (message: Message) => z.string().min(1, said(message));

export const email = z
  .string()
  .trim()
  .min(
    1,
    said(() => t("form.email")),
  )
  .max(254, atMost(254))
  .regex(
    z.regexes.html5Email,
    said(() => t("form.emailWrong")),
  );

export const password = z.string().min(
  1,
  said(() => t("form.password")),
);

/** A new password. How strong it must be is a setting of the auth service, which answers with the reason. */
export const newPassword = z
  .string()
  .min(
    1,
    said(() => t("form.newPassword")),
  )
  .max(72, atMost(72));

/** A code from an e-mail or an authenticator app, with or without spaces. */
export const oneTimeCode = z
  .string()
  .transform((text) => text.replace(/\s/g, ""))
  .pipe(
    z.string().regex(
      /^[0-9]{6,12}$/,
      said(() => t("form.code")),
    ),
  );

/** The value of a date input. */
export const isoDay = z.string().regex(
  /^\d{4}-\d{2}-\d{2}$/,
  said(() => t("form.day")),
);

/** The value of a date input that may stay empty; null then. */
export const optionalDay = z
  .string()
  .transform((text) => text || null)
  .pipe(isoDay.nullable());

export const webAddress = z.url({ protocol: /^https?$/, error: () => t("form.webAddress") });

export const optionalWebAddress = z
  .string()
  .trim()
  .pipe(z.union([z.literal(""), webAddress]));

/** The value of a number input, or an amount as text: "4.50" or "4,50"; null when it is empty. `max` keeps it exact in JSON. */
export const optionalNumber = (max: number) =>
  z
    .string()
    .trim()
    .transform((text) => (text === "" ? null : Number(text.replace(/^(\d+),(\d{1,2})$/, "$1.$2"))))
    .pipe(
      z
        .number(said(() => t("form.number")))
        .min(
          0,
          said(() => t("form.notNegative")),
        )
        .max(
          max,
          said(() => t("form.tooLarge")),
        )
        .nullable(),
    );
