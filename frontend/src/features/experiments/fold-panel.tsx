import { type ReactNode, useState } from "react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Complaint } from "./choice";

interface FoldPanelProps {
  title: string;
  /** What happens when nothing is chosen. */
  usual: string;
  count: number;
  complaint: string | undefined;
  onUsual: () => void;
  /** Drawn, and loaded, only when somebody wants to choose. */
  children: ReactNode;
}

export function FoldPanel({ title, usual, count, complaint, onUsual, children }: FoldPanelProps) {
  const [isOpen, setOpen] = useState(count > 0);
  const shown = isOpen || complaint !== undefined;
  return (
    <Panel
      title={title}
      beside={count > 0 && <span className="n">{count}</span>}
      tools={
        <Button
          small
          aria-expanded={shown}
          onClick={() => {
            if (shown) onUsual();
            setOpen(!shown);
          }}
        >
          {shown ? "As usual" : "Choose"}
          <span className="sr"> {title.toLowerCase()}</span>
        </Button>
      }
      flush
    >
      {shown ? children : <p className="panel__body t2">{usual}</p>}
      <Complaint text={complaint} />
    </Panel>
  );
}
