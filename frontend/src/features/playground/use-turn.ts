import { useEffect, useState, useSyncExternalStore } from "react";
import { TurnBoard, type Turns } from "./turn-board";

/** One board for the page; leaving the page hangs up, and the server stops the models. */
export function useBoard(): TurnBoard {
  const [board] = useState(() => new TurnBoard());
  useEffect(() => board.stopAll, [board]);
  return board;
}

/** The answers of one column, anew at most once a frame. */
export function useTurn(board: TurnBoard, column: string): Turns {
  return useSyncExternalStore(board.subscribe, () => board.of(column));
}

export const useIsAnyRunning = (board: TurnBoard): boolean => useSyncExternalStore(board.subscribe, board.isAnyRunning);
