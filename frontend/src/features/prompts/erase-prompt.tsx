import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "@/components/ui/toast";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { PROMPTS_KEY, type Prompt, erasePrompt, promptOptions } from "./api";

/** For good, unlike archiving: hence the name is typed. */
export function ErasePrompt({ prompt, onClose }: { prompt: Prompt; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, name } = prompt;
  const erase = useMutation({
    mutationFn: erasePrompt,
    onSuccess: async () => {
      toast(`Erased ${name}.`);
      await navigate({ to: "/prompts" });
      client.removeQueries({ queryKey: promptOptions(name).queryKey });
      await client.invalidateQueries({ queryKey: PROMPTS_KEY });
    },
  });
  return (
    <ConfirmByName
      title={`Erase ${name}`}
      name={name}
      button="Erase prompt"
      busy={erase.isPending}
      error={erase.error}
      onConfirm={() => erase.mutate(id)}
      onClose={onClose}
    >
      Its versions, golden examples, runs and experiments go with it, and clients that ask for it get an error. Nothing brings it back; archived, it could be restored.
    </ConfirmByName>
  );
}
