import { useQueryClient } from "@tanstack/react-query";
import { useMatches, useNavigate } from "@tanstack/react-router";
import { toast } from "@/components/ui/toast";
import { promptOptions } from "@/features/prompts/api";
import { useMay } from "@/features/session/use-may";
import { copyText } from "@/lib/copy-text";
import { THEMES, setTheme, useTheme } from "@/lib/theme";

export interface Action {
  name: string;
  hint?: string;
  run: () => void;
}

const SERVED = "production";

const copyLink = async () => toast((await copyText(window.location.href)) ? "Link copied." : "The browser does not allow copying here; the link stands in its address bar.");

/** What can be done with the prompt whose page is open. */
function usePromptActions(): Action[] {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [mayRun, mayWrite] = [useMay("run"), useMay("write")];
  const place = useMatches().find((match) => match.routeId === "/shell/prompts/$");
  const { _splat: open = "" } = place?.params ?? {};
  const prompt = client.getQueryData(promptOptions(open).queryKey);
  if (!place || !prompt) return [];
  const { name } = prompt;
  const number = place.search.v ?? prompt.latest_version?.number;
  const actions: Action[] = [];
  if (mayRun) actions.push({ name: `Run experiment on ${name}`, run: () => void navigate({ to: "/experiments/new", search: { prompt: name } }) });
  if (mayWrite && prompt.archived_at === null && number !== undefined) {
    const search = { v: number, promote: SERVED };
    actions.push({ name: `Promote v${number} of ${name} to ${SERVED}`, run: () => void navigate({ to: "/prompts/$", params: { _splat: name }, search }) });
  }
  return actions;
}

/** Only what one's role lets one do. */
export function useActions(onKeys: () => void): Action[] {
  const navigate = useNavigate();
  const theme = useTheme();
  const own = usePromptActions();
  const [mayRun, mayWrite] = [useMay("run"), useMay("write")];
  return [
    ...own,
    ...(mayRun ? [{ name: "New experiment", run: () => void navigate({ to: "/experiments/new" }) }] : []),
    ...(mayWrite ? [{ name: "New prompt", run: () => void navigate({ to: "/prompts", search: { new: "blank" } }) }] : []),
    { name: "Toggle theme", hint: theme, run: () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system") },
    { name: "Copy link to this page", run: () => void copyLink() },
    { name: "Keyboard shortcuts", hint: "?", run: onKeys },
  ];
}
