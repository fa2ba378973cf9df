"use client";

import type { User, UserIdentity } from "@supabase/supabase-js";
import type { SignInWay } from "@/components/sign-in-ways";
import { useAct, useOrgQuery } from "@/lib/api/queries";
import { refuse } from "@/lib/session/auth-error";
import { openSupabase } from "@/lib/session/supabase";

const STALE = [["account"]];

async function auth() {
  return (await openSupabase()).auth;
}

const backTo = (to: string) => `${window.location.origin}/sign-in/arrive/?to=${to}`;

/** The person's account as the auth service knows it: address, identities, devices. */
export function useAccount() {
  return useOrgQuery<User>(["account"], async () => {
    const { data, error } = await (await auth()).getUser();
    if (error) refuse(error);
    return data.user;
  });
}

export type NewPassword = { password: string; current_password?: string; nonce?: string };

export function useChangePassword(then: () => void) {
  return useAct(
    async (wish: NewPassword) => {
      const { error } = await (await auth()).updateUser(wish);
      if (error) refuse(error);
    },
    { stales: STALE, done: "Your new password is set. Your other devices are signed out", then, quiet: true },
  );
}

/** Mail the code that a change of the password needs. */
export async function mailNonce(): Promise<void> {
  const { error } = await (await auth()).reauthenticate();
  if (error) refuse(error);
}

export function useChangeEmail(then: () => void) {
  return useAct(
    async (email: string) => {
      const { data, error } = await (await auth()).updateUser({ email }, { emailRedirectTo: backTo("email") });
      if (error) refuse(error);
      return data.user;
    },
    { stales: STALE, done: (user) => (user?.new_email ? null : "Your address is changed"), then, quiet: true },
  );
}

export async function resendEmailChange(email: string): Promise<void> {
  const { error } = await (
    await auth()
  ).resend({ type: "email_change", email, options: { emailRedirectTo: backTo("email") } });
  if (error) refuse(error);
}

export function useLinkWay() {
  return useAct(
    async (way: SignInWay) => {
      const { error } = await (
        await auth()
      ).linkIdentity({ provider: way, options: { redirectTo: backTo("identity") } });
      if (error) refuse(error);
    },
    { stales: [], quiet: true },
  );
}

export function useUnlinkWay(then: () => void) {
  return useAct(
    async (identity: UserIdentity) => {
      const { error } = await (await auth()).unlinkIdentity(identity);
      if (error) refuse(error);
    },
    { stales: STALE, done: "Removed. It no longer opens your account", then },
  );
}

export type Enrolment = { id: string; qr: string; secret: string };

/** Begin to set up an authenticator app. It counts from its first right code on. */
export async function enrol(name: string): Promise<Enrolment> {
  const { data, error } = await (await auth()).mfa.enroll({ factorType: "totp", friendlyName: name, issuer: "ARTi" });
  if (error) refuse(error);
  return { id: data.id, qr: data.totp.qr_code, secret: data.totp.secret };
}

export async function confirmDevice(factorId: string, code: string): Promise<void> {
  const { error } = await (await auth()).mfa.challengeAndVerify({ factorId, code: code.replace(/\s/g, "") });
  if (error) refuse(error);
}

/** Take a device away. The token of before would go on saying that two steps were made, so it is renewed. */
export async function removeDevice(factorId: string): Promise<void> {
  const client = await auth();
  const { error } = await client.mfa.unenroll({ factorId });
  if (error) refuse(error);
  await client.refreshSession();
}

export function useRemoveDevice(then: () => void) {
  return useAct(removeDevice, { stales: STALE, done: "The device is removed", then });
}

export function useSignOutOthers() {
  return useAct(
    async () => {
      const { error } = await (await auth()).signOut({ scope: "others" });
      if (error) refuse(error);
    },
    { stales: [], done: "All other devices are signed out" },
  );
}
