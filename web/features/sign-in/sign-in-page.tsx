"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { sentence } from "@/lib/api/error";
import { openSupabase } from "@/lib/session/supabase";
import { hasSession } from "@/lib/session/token";
import { choosePassword, safeNext, signIn, signUp } from "./auth";
import { Welcome } from "./welcome-frame";

type Mode = "in" | "up" | "password";
const TITLES: Record<Mode, string> = { in: "Sign in", up: "Create your account", password: "Choose a password" };
const ACTS: Record<Mode, string> = { in: "Sign in", up: "Create account", password: "Save and go on" };

function arrivedByLink(): boolean {
  return /type=(invite|recovery|magiclink)/.test(window.location.hash);
}

export function SignInPage() {
  const params = useSearchParams();
  const router = useRouter();
  const queries = useQueryClient();
  const [mode, setMode] = useState<Mode>(params.get("new") ? "up" : "in");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(params.get("ended") ? "Your session ended. Sign in again." : null);
  const next = safeNext(params.get("next"));

  useEffect(() => {
    if (arrivedByLink()) {
      setMode("password");
      void openSupabase();
    } else if (hasSession() && !params.get("ended")) router.replace(next);
  }, [next, params, router]);

  const submit = async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    setError(null);
    try {
      if (mode === "in") await signIn(text("email"), text("password"));
      if (mode === "password") await choosePassword(text("password"));
      if (mode === "up" && !(await signUp(text("email"), text("password"), text("name")))) {
        setNote("Almost there: confirm your address with the link that was sent to you, then sign in.");
        setMode("in");
        return;
      }
      queries.clear();
      router.replace(mode === "up" ? "/welcome/" : next);
    } catch (problem) {
      setError(sentence(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Welcome>
      <h1 className="text-2xl font-semibold tracking-tight">{TITLES[mode]}</h1>
      <p className="mt-1 text-muted">
        {mode === "in" && "Your artists, what changed, and the rows that prove it."}
        {mode === "up" && "Then name your organisation, and add the first artist."}
        {mode === "password" && "You are invited. Your colleagues see your e-mail address and your name."}
      </p>
      {note && (
        <p role="status" className="mt-4 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {note}
        </p>
      )}
      <form
        className="mt-6 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        {mode === "up" && (
          <Field label="Your name">{(wiring) => <Input {...wiring} name="name" autoComplete="name" required />}</Field>
        )}
        {mode !== "password" && (
          <Field label="E-mail">
            {(wiring) => (
              <Input {...wiring} name="email" type="email" autoComplete="username" autoFocus required maxLength={254} />
            )}
          </Field>
        )}
        <Field label="Password" hint={mode === "in" ? undefined : "At least 8 characters; a short sentence is best."}>
          {(wiring) => (
            <Input
              {...wiring}
              name="password"
              type="password"
              autoComplete={mode === "in" ? "current-password" : "new-password"}
              minLength={mode === "in" ? undefined : 8}
              required
            />
          )}
        </Field>
        {error && (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-sm text-down">
            {error}
          </p>
        )}
        <Button type="submit" variant="primary" size="md" busy={busy}>
          {ACTS[mode]}
        </Button>
      </form>
      {mode !== "password" && (
        <p className="mt-6 text-sm text-muted">
          {mode === "in" ? "New here?" : "You have an account?"}{" "}
          <Button
            variant="link"
            onClick={() => {
              setError(null);
              setMode(mode === "in" ? "up" : "in");
            }}
          >
            {mode === "in" ? "Create an account" : "Sign in"}
          </Button>
        </p>
      )}
    </Welcome>
  );
}
