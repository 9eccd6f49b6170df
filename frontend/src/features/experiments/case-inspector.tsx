import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { JsonView } from "@/components/json-view";
import { QueryStates } from "@/components/layout/states";
import { LongText } from "@/components/long-text";
import { IconButton } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import type { Schemas } from "@/services/http";
import { oneCaseOptions } from "./api";
import type { Arm } from "./arms";
import { CaseOutputs } from "./case-outputs";
import { compareOf } from "./compare-of";

interface CaseInspectorProps {
  experimentId: string;
  exampleId: string;
  arms: readonly Arm[];
  onClose: () => void;
}

function Asked({ example }: { example: Schemas["AskedExample"] }) {
  const sections = [
    ["Expected", example.expected_output],
    ["Source", example.context],
    ["Criteria", example.criteria],
  ] as const;
  return (
    <>
      <section className="inspector__section">
        <h3>Question</h3>
        <JsonView value={example.input_data} label="Variables" />
      </section>
      {sections.map(
        ([name, text]) =>
          text && (
            <section key={name} className="inspector__section">
              <h3>{name}</h3>
              <LongText text={text} limit={600} />
            </section>
          ),
      )}
    </>
  );
}

/** One example beside the list: what was asked, what each version answered, and why it got its score. */
export function CaseInspector({ experimentId, exampleId, arms, onClose }: CaseInspectorProps) {
  const asked = arms.map((arm) => arm.arm);
  const found = useQuery(oneCaseOptions(experimentId, asked, exampleId));
  const compare = compareOf(experimentId, arms, exampleId);
  return (
    <aside className="inspector" aria-label="Case">
      <div className="inspector__head">
        <b>{found.data ? `Case ${found.data.example.position + 1}` : "Case"}</b>
        <IconButton label="Close the case" kind="quiet" small className="push" onClick={onClose}>
          <X className="icon" aria-hidden="true" />
        </IconButton>
      </div>
      <QueryStates query={found} failed="The case could not be loaded." rows={6}>
        {({ example, sides }) => (
          <>
            <Asked example={example} />
            {sides
              .filter((side, index) => sides.findIndex((other) => other.arm === side.arm) === index)
              .map((side) => (
                <CaseOutputs key={side.arm} side={side} name={arms.find((arm) => arm.arm === side.arm)?.name ?? `v${side.version_number}`} />
              ))}
          </>
        )}
      </QueryStates>
      {compare && (
        <div className="inspector__foot">
          <ButtonLink small to="/compare" search={compare}>
            Compare word by word
          </ButtonLink>
        </div>
      )}
    </aside>
  );
}
