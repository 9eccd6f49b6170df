import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { promptOptions } from "@/features/prompts/api";
import { meOptions } from "@/features/session/api";

/** `/go/prompts/support/answer@production`: an address for runbooks that stays when the label moves. */
export async function leadToPrompt(client: QueryClient, named = ""): Promise<void> {
  if (!(await client.ensureQueryData(meOptions).catch(() => undefined))) return; // the shell leads to the sign-in, and back here
  const [name = "", label] = named.split("@");
  const found = label ? await client.ensureQueryData(promptOptions(name)).catch(() => undefined) : undefined;
  const v = found?.labels.find((known) => known.name === label)?.version_number;
  throw redirect({ to: "/prompts/$", params: { _splat: name }, search: { v }, replace: true });
}
