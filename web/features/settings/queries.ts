"use client";

import type { User, UserIdentity } from "@supabase/supabase-js";
import type { IdentityProvider } from "@/components/identity-provider";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { throwAuthError } from "@/lib/session/auth-error";
import { openSupabase } from "@/lib/session/supabase";
import { t } from "./messages";

const STALE = [["account"]];

async function auth() {
  return (await openSupabase()).auth;
}

const callbackUrl = (to: string) => `${window.location.origin}/sign-in/callback/?to=${to}`;

/** The user of the auth service: address, identities, factors. */
export function useAccount() {
  return useOrgQuery<User>(["account"], async () => {
    const { data, error } = await (await auth()).getUser();
    if (error) throwAuthError(error);
    return data.user;
  });
}

/** What the org uses of each of its quotas, for admins. */
export function useQuotas(enabled: boolean) {
  return useOrgQuery(["quotas"], () => call((client) => client.GET("/api/orgs/current/quotas")), { enabled });
}

export type NewPassword = { password: string; current_password?: string; nonce?: string };

export function useChangePassword(onSuccess: () => void) {
  return useApiMutation(
    async (params: NewPassword) => {
      const { error } = await (await auth()).updateUser(params);
      if (error) throwAuthError(error);
    },
    {
      invalidates: STALE,
      successMessage: () => t("password.changed"),
      onSuccess,
      silent: true,
    },
  );
}

/** Mail the code that a change of the password requires. */
export async function sendReauthenticationCode(): Promise<void> {
  const { error } = await (await auth()).reauthenticate();
  if (error) throwAuthError(error);
}

export function useChangeEmail(onSuccess: () => void) {
  return useApiMutation(
    async (email: string) => {
      const { data, error } = await (await auth()).updateUser({ email }, { emailRedirectTo: callbackUrl("email") });
      if (error) throwAuthError(error);
      return data.user;
    },
    {
      invalidates: STALE,
      successMessage: (user) => (user?.new_email ? null : t("email.changed")),
      onSuccess,
      silent: true,
    },
  );
}

export async function resendEmailChange(email: string): Promise<void> {
  const { error } = await (
    await auth()
  ).resend({ type: "email_change", email, options: { emailRedirectTo: callbackUrl("email") } });
  if (error) throwAuthError(error);
}

export function useLinkIdentity() {
  return useApiMutation(
    async (provider: IdentityProvider) => {
      const { error } = await (
        await auth()
      ).linkIdentity({ provider, options: { redirectTo: callbackUrl("identity") } });
      if (error) throwAuthError(error);
    },
    { invalidates: [], silent: true },
  );
}

export function useUnlinkIdentity(onSuccess: () => void) {
  return useApiMutation(
    async (identity: UserIdentity) => {
      const { error } = await (await auth()).unlinkIdentity(identity);
      if (error) throwAuthError(error);
    },
    { invalidates: STALE, successMessage: () => t("identities.removed"), onSuccess },
  );
}

export type Enrollment = { id: string; qr: string; secret: string };

/** Enroll an authenticator app. It is active once a first code is verified. */
export async function enrollFactor(name: string): Promise<Enrollment> {
  const { data, error } = await (await auth()).mfa.enroll({ factorType: "totp", friendlyName: name, issuer: "ARTi" });
  if (error) throwAuthError(error);
  return { id: data.id, qr: data.totp.qr_code, secret: data.totp.secret };
}

export async function verifyFactor(factorId: string, code: string): Promise<void> {
  const { error } = await (await auth()).mfa.challengeAndVerify({ factorId, code: code.replace(/\s/g, "") });
  if (error) throwAuthError(error);
}

/** Remove a device. The token still claims aal2, so it is refreshed. */
export async function unenrollFactor(factorId: string): Promise<void> {
  const client = await auth();
  const { error } = await client.mfa.unenroll({ factorId });
  if (error) throwAuthError(error);
  await client.refreshSession();
}

export function useRemoveDevice(onSuccess: () => void) {
  return useApiMutation(unenrollFactor, { invalidates: STALE, successMessage: () => t("devices.removed"), onSuccess });
}

/** The account's recent sign-ins and failed attempts. */
export function useSignIns() {
  return useOrgQuery(["account", "sign-ins"], () =>
    call((client) => client.GET("/auth/sign-ins", { params: { query: { limit: 20 } } })),
  );
}

export function useSignOutOthers() {
  return useApiMutation(
    async () => {
      const { error } = await (await auth()).signOut({ scope: "others" });
      if (error) throwAuthError(error);
    },
    { invalidates: [], successMessage: () => t("sessions.done") },
  );
}

export function useRetention(enabled: boolean) {
  return useOrgQuery(["retention"], () => call((client) => client.GET("/api/orgs/current/retention")), { enabled });
}

export function useSetRetention() {
  return useApiMutation(
    (refused_file_days: number) =>
      call((client) => client.PUT("/api/orgs/current/retention", { body: { refused_file_days } })),
    { invalidates: [["retention"]], successMessage: () => t("saved"), silent: true },
  );
}

const MODEL = ["model"];
const TEST_MS = 1000;
const TEST_TRIES = 40;

export function useModelUse(enabled: boolean) {
  return useOrgQuery(MODEL, () => call((client) => client.GET("/api/model")), { enabled });
}

export function useSetModelLimit() {
  return useApiMutation(
    (monthly_limit: number) => call((client) => client.PUT("/api/model/limit", { body: { monthly_limit } })),
    { invalidates: [MODEL], successMessage: () => t("saved"), silent: true },
  );
}

/** Let a worker ask the model once, and wait until it has. */
export function useTestModel() {
  return useApiMutation(
    async (testedBefore: string | null) => {
      await call((client) => client.POST("/api/model/test"));
      for (let tries = 0; tries < TEST_TRIES; tries++) {
        await new Promise((resolve) => setTimeout(resolve, TEST_MS));
        const use = await call((client) => client.GET("/api/model"));
        if (use.tested_at !== testedBefore) return use;
      }
      return null;
    },
    {
      invalidates: [MODEL],
      successMessage: (use) => (use === null ? t("model.slow") : use.test_error ? null : t("model.works")),
    },
  );
}
