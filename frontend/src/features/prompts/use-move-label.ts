import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { ApiError } from "@/services/http";
import { type Move, PROMPTS_KEY, moveLabel } from "./api";

/** The version a label leaves; null when it stood nowhere. */
interface Left {
  id: string;
  number: number;
}

export interface MoveAsked extends Move {
  left: Left | null;
  isBack?: boolean;
}

/** Moves a label and offers the way back; a refusal is the caller's to show. */
export function useMoveLabel(onMoved?: () => void) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: PROMPTS_KEY });
  const undo = async ({ promptId, label, versionId }: MoveAsked, left: Left) => {
    try {
      await moveLabel({ promptId, label, versionId: left.id, from: versionId, reason: "Undone right after the move." });
      toast(`Moved ${label} back to v${left.number}.`);
    } catch (error) {
      toast(`Not undone. ${error instanceof ApiError ? error.detail : ""}`);
    }
    await refresh();
  };
  return useMutation({
    mutationFn: (asked: MoveAsked) => moveLabel(asked),
    onSuccess: async (moved, asked) => {
      const { left } = asked;
      const words = `Moved ${moved.label} ${asked.isBack ? "back " : ""}to v${moved.to_number}.`;
      toast(words, left ? () => void undo(asked, left) : undefined);
      onMoved?.();
      await refresh();
    },
    onError: refresh,
  });
}
