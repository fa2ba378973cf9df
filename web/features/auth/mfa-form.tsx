"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CodeField } from "@/components/code-field";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { errorMessage } from "@/lib/api/error";
import { verifyMfaCode, listMfaFactors } from "./auth";
import { Alert } from "./auth-layout";

/** Ask for the code of the authenticator app. */
export function MfaForm({ onDone }: { onDone: () => void }) {
  const devices = useQuery({ queryKey: ["own-devices"], queryFn: listMfaFactors, gcTime: 0, retry: false });
  const [chosen, setChosen] = useState<string>();
  const device = chosen ?? devices.data?.[0]?.id;
  const enter = useMutation({
    mutationFn: (code: string) => verifyMfaCode(device ?? "", code),
    onSuccess: onDone,
  });
  if (devices.error) return <Alert tone="bad">{errorMessage(devices.error)}</Alert>;
  if (!devices.data) return <Skeleton className="h-24" />;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(String(new FormData(event.currentTarget).get("code")));
      }}
    >
      {devices.data.length > 1 && (
        <Field label="Device">
          {(fieldProps) => (
            <Select {...fieldProps} value={device} onChange={(event) => setChosen(event.target.value)}>
              {devices.data.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.friendly_name || "Authenticator app"}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <CodeField
        label="Code of the app"
        hint={
          devices.data.length === 1 && devices.data[0]?.friendly_name
            ? `On ${devices.data[0].friendly_name}; a new one every 30 seconds.`
            : "A new one every 30 seconds."
        }
        autoFocus
        error={enter.error ? errorMessage(enter.error) : null}
        onFull={(form) => form.requestSubmit()}
      />
      <Button type="submit" variant="primary" size="md" busy={enter.isPending}>
        Go on
      </Button>
    </form>
  );
}
