import { Suspense, lazy } from "react";
import { Skeleton } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Segmented } from "@/components/ui/segmented";
import { NEW_PROMPT_FORM } from "./new-prompt-fields";
import { FromFile, FromNothing, FromPrompt } from "./new-prompt-sources";

const FromGallery = lazy(async () => ({ default: (await import("./from-gallery")).FromGallery }));

export type NewPromptSource = "blank" | "gallery" | "duplicate" | "import";

const SOURCES = [
  { value: "blank", label: "Blank" },
  { value: "gallery", label: "Starter" },
  { value: "duplicate", label: "Copy" },
  { value: "import", label: "Import" },
] as const;

interface NewPromptSheetProps {
  source: NewPromptSource;
  /** The prompt that a copy is made of. */
  from: string;
  onSource: (source: NewPromptSource, from?: string) => void;
  onClose: () => void;
}

export function NewPromptSheet({ source, from, onSource, onClose }: NewPromptSheetProps) {
  return (
    <Dialog
      title="New prompt"
      shape="sheet"
      onClose={onClose}
      keepsText={source === "blank" || source === "import"}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={NEW_PROMPT_FORM} kind="primary">
            Create prompt
          </Button>
        </>
      }
    >
      <div className="sheet__section">
        <div>
          <Segmented label="Begin with" options={SOURCES} value={source} onChange={onSource} />
        </div>
      </div>
      {source === "blank" && <FromNothing />}
      {source === "gallery" && (
        <Suspense fallback={<Skeleton rows={10} label="Loading the starters" />}>
          <FromGallery />
        </Suspense>
      )}
      {source === "duplicate" && <FromPrompt from={from} onFrom={(name) => onSource("duplicate", name)} />}
      {source === "import" && <FromFile />}
    </Dialog>
  );
}
