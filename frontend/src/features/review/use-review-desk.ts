import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, bodyOf } from "./answer";
import { type Completed, type ReviewItem, afterOptions, completeItem, deskOptions, skipItem, standingOptions, undoItem } from "./api";

/** An item of this sitting that is off the desk; without an answer it was skipped. */
export interface Done {
  item: ReviewItem;
  answer: Answer | null;
  result: Completed | null;
}

interface Completing {
  item: ReviewItem;
  answer: Answer;
  /** The draft in the browser is no longer needed. */
  discard: () => void;
}

function useCounts() {
  const client = useQueryClient();
  return (answered: number, waiting: number) =>
    client.setQueryData(
      standingOptions.queryKey,
      (standing) =>
        standing && { ...standing, done_today: Math.max(0, standing.done_today + answered), total: Math.max(0, standing.total + waiting) },
    );
}

/** One item on the desk, the next one behind it, and what was done in this sitting. */
export function useReviewDesk() {
  const client = useQueryClient();
  const count = useCounts();
  const desk = useQuery(deskOptions);
  const item = desk.data?.item ?? null;
  const [done, setDone] = useState<readonly Done[]>([]);
  const [restored, setRestored] = useState<Done | null>(null);
  useQuery({ ...afterOptions(item?.id ?? ""), enabled: item !== null });

  const goOn = async (from: ReviewItem) => {
    try {
      client.setQueryData(deskOptions.queryKey, await client.fetchQuery(afterOptions(from.id)));
    } catch {
      await client.resetQueries({ queryKey: deskOptions.queryKey });
    }
  };

  const complete = useMutation({
    mutationFn: ({ item, answer }: Completing) => {
      const body = bodyOf(item.question, answer);
      if (!body) throw new Error("asked to complete an item without an answer");
      return completeItem({ item_id: item.id, body });
    },
    onSuccess: async (result, { item, answer, discard }) => {
      discard();
      setDone((before) => [...before, { item, answer, result }]);
      count(1, -1);
      await goOn(item);
    },
  });

  const skip = useMutation({
    mutationFn: (skipped: ReviewItem) => skipItem(skipped.id),
    onSuccess: async (_, skipped) => {
      setDone((before) => [...before, { item: skipped, answer: null, result: null }]);
      count(0, -1);
      await goOn(skipped);
    },
  });

  const undo = useMutation({
    mutationFn: (last: Done) => undoItem(last.item.id),
    onSuccess: (handed, last) => {
      if (item) client.setQueryData(afterOptions(last.item.id).queryKey, { item, remaining: handed.remaining });
      setRestored(last);
      setDone((before) => before.slice(0, -1));
      count(last.result ? -1 : 0, 1);
      client.setQueryData(deskOptions.queryKey, handed);
    },
  });

  const last = done.at(-1) ?? null;
  const isBusy = complete.isPending || skip.isPending || undo.isPending;
  return {
    desk,
    item,
    done,
    isBusy,
    /** What was said of the item before it was taken back. */
    restored: restored?.item.id === item?.id ? (restored?.answer ?? null) : null,
    error: complete.error ?? skip.error ?? undo.error,
    /** Somebody else has the item on the desk, or has answered it. */
    isTaken: (complete.error ?? skip.error)?.status === 409,
    complete: (answer: Answer, discard: () => void) => {
      if (!item || isBusy) return;
      skip.reset();
      undo.reset();
      complete.mutate({ item, answer, discard });
    },
    skip: () => {
      if (!item || isBusy) return;
      complete.reset();
      undo.reset();
      skip.mutate(item);
    },
    undo: () => {
      if (!last || isBusy) return;
      complete.reset();
      skip.reset();
      undo.mutate(last);
    },
    /** Leaves an item that somebody else has answered. */
    leave: () => {
      complete.reset();
      skip.reset();
      if (item) void goOn(item);
    },
  };
}

export type ReviewDesk = ReturnType<typeof useReviewDesk>;
