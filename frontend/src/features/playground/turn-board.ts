import { postStream } from "@/services/sse";
import { ApiError } from "@/services/http";
import { sessionEnded } from "@/services/session-ended";
import type { Trial } from "./trial";
import { type Turn, WAITING, changeOf, endOf, errorOf, isRunning } from "./turn";

const PATH = "/api/v1/playground/stream";

/** The answers of one column: one, or as many as it was repeated. */
export interface Turns {
  all: readonly Turn[];
  /** The one that is looked at. */
  shown: number;
}

export const NO_TURNS: Turns = { all: [], shown: 0 };

/** Grows outside of React; what is drawn is made of it once a frame. */
interface Live {
  column: string;
  index: number;
  abort: AbortController;
  turn: Turn;
  pieces: string[];
}

/** Streams the columns' answers and keeps them. Text waits for the next frame; all else is told at once. */
export class TurnBoard {
  #turns: ReadonlyMap<string, Turns> = new Map();
  #aborts = new Map<string, AbortController>();
  #waiting = new Set<Live>();
  #listeners = new Set<() => void>();
  #frame = 0;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  /** Of all columns; another map after each change. */
  readonly all = (): ReadonlyMap<string, Turns> => this.#turns;

  readonly of = (column: string): Turns => this.#turns.get(column) ?? NO_TURNS;

  readonly isAnyRunning = (): boolean => this.#aborts.size > 0;

  /** Runs the trial as often as asked, one after the other; the promise is kept when the last has ended. */
  async run(column: string, trial: Trial, times: number, onEnd: (turn: Turn) => void): Promise<void> {
    this.stop(column);
    const abort = new AbortController();
    this.#aborts.set(column, abort);
    this.#put(column, { all: [], shown: 0 });
    for (let index = 0; index < times && !abort.signal.aborted; index += 1) {
      const live: Live = { column, index, abort, turn: WAITING, pieces: [] };
      this.#put(column, { all: [...this.of(column).all, WAITING], shown: index });
      await this.#stream(live, trial);
      if (this.#aborts.get(column) !== abort) return;
      onEnd(live.turn);
      if (live.turn.state === "failed") break; // it would fail again, and may cost again
    }
    this.#aborts.delete(column);
    this.#tell();
  }

  stop(column: string): void {
    this.#aborts.get(column)?.abort();
  }

  readonly stopAll = (): void => {
    for (const abort of this.#aborts.values()) abort.abort();
  };

  show(column: string, shown: number): void {
    this.#put(column, { ...this.of(column), shown });
  }

  /** Ends with the stream, or at once when somebody stops it. */
  async #stream(live: Live, trial: Trial): Promise<void> {
    const { signal } = live.abort;
    const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([this.#read(live, trial, signal), stopped]);
    // an answer whose judge is still asked is whole
    if (signal.aborted && isRunning(live.turn)) this.#change(live, { state: live.turn.state === "judging" ? "done" : "stopped" });
  }

  async #read(live: Live, trial: Trial, signal: AbortSignal): Promise<void> {
    const hasJudge = (trial.evaluators ?? []).length > 0;
    try {
      for await (const { name, data } of postStream(PATH, trial, signal)) {
        if (signal.aborted) return;
        if (name === "token") this.#append(live, (data as { text: string }).text);
        else this.#change(live, changeOf(name, data, hasJudge));
      }
      if (!signal.aborted) this.#change(live, endOf(live.turn));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 401) sessionEnded.raise();
      this.#change(live, { state: "failed", error: errorOf(error) });
    }
  }

  #append(live: Live, text: string): void {
    live.pieces.push(text);
    this.#waiting.add(live);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      for (const one of this.#waiting) this.#draw(one, { state: "writing" });
      this.#tell();
    });
  }

  #change(live: Live, change: Partial<Turn>): void {
    this.#draw(live, change);
    this.#tell();
  }

  #draw(live: Live, change: Partial<Turn>): void {
    this.#waiting.delete(live);
    live.turn = { ...live.turn, text: live.turn.text + live.pieces.join(""), ...change };
    live.pieces = [];
    if (this.#aborts.get(live.column) !== live.abort) return; // another run has the column by now
    const { all, shown } = this.of(live.column);
    if (live.index < all.length) this.#set(live.column, { all: all.with(live.index, live.turn), shown });
  }

  #put(column: string, turns: Turns): void {
    this.#set(column, turns);
    this.#tell();
  }

  #set(column: string, turns: Turns): void {
    this.#turns = new Map(this.#turns).set(column, turns);
  }

  #tell(): void {
    for (const tell of this.#listeners) tell();
  }
}
