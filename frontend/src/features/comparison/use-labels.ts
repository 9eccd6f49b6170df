import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { meOptions } from "@/features/session/api";
import type { Schemas } from "@/services/http";
import { type Judged, giveLabel, takeBackLabel } from "./api";

type Label = NonNullable<Judged["overridden_by"]>;
type Given = Schemas["HumanLabelCreate"];

/** Whose opinion a label is: the person's, whatever key was used. */
export function useIsMine(): (label: Label | null) => boolean {
  const { data: me } = useQuery(meOptions);
  return (label) => label !== null && (label.labelled_by === me?.user || label.labelled_by === me?.subject);
}

/** Asks for the open case again, now and when the undo was used. */
function useTold() {
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["compare", "case"] });
  return (text: string, undo: () => Promise<unknown>, failed: string) => {
    toast(text, () => {
      undo()
        .catch(() => toast(failed))
        .finally(refresh);
    });
    refresh();
  };
}

/** Undo puts back what the same person had said before, else takes the label away. */
export function useSaveLabel(judged: Judged, onSaved: () => void) {
  const told = useTold();
  const isMine = useIsMine();
  return useMutation({
    mutationFn: giveLabel,
    onSuccess: (label, body) => {
      const before = judged.overridden_by;
      const mine = before && isMine(before) ? before : null;
      const undo = () => (mine ? giveLabel(saidAgain(body, mine)) : takeBackLabel(label.id));
      told("Your judgment stands beside the judge’s.", undo, "Your judgment could not be taken back. It is still there.");
      onSaved();
    },
  });
}

/** Undo says the same again. */
export function useTakeBack(label: Label, place: Pick<Given, "experiment_id" | "case_no" | "evaluator">) {
  const told = useTold();
  return useMutation({
    mutationFn: () => takeBackLabel(label.label_id),
    onSuccess: () =>
      told("Your judgment was taken back.", () => giveLabel(saidAgain(place, label)), "Your judgment could not be put back. Say it again with “Judge is wrong”."),
  });
}

const saidAgain = (place: Pick<Given, "experiment_id" | "case_no" | "evaluator">, { value, hallucinated, comment }: Label): Given => ({
  experiment_id: place.experiment_id,
  case_no: place.case_no,
  evaluator: place.evaluator,
  value,
  hallucinated,
  comment,
});
