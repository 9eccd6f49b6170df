import { type Draft, useDraft } from "@/lib/draft";
import type { Content } from "./content";

/** Text in the making, kept in this browser until it is saved or thrown away. */
export interface VersionDraft {
  /** The version the text was taken from; 0 for none. */
  base: number;
  /** The newest version when the editing began: the one it will follow. */
  parent: number;
  content: Content;
  /** Variables that are meant to be there; what else the text reads is pointed at. */
  known: string[] | null;
  /** What changed and why, as far as it is written. */
  message?: string;
}

export type PromptDraft = Draft<VersionDraft | null>;

export const usePromptDraft = (promptId: string): PromptDraft => useDraft<VersionDraft | null>(`prompt.${promptId}`, null);
