import { Link } from "@tanstack/react-router";
import { Notice } from "@/components/ui/notice";
import { count } from "@/lib/format";
import type { Status } from "./api";

const stopped = (by: string) => (by === "betting" ? "as soon as the evidence was enough" : `at ${by}`);

/** By what started it; an analysis has no page of its own, an experiment has. */
const ORIGINS: Readonly<Record<string, { says: string; isExperiment: boolean }>> = {
  confirm: { says: "This run repeats the doubtful cases of another one, to confirm what that found.", isExperiment: true },
  rejudge: { says: "This run judges the stored answers of another one again.", isExperiment: true },
  bisect: { says: "This run is a probe of an analysis that looks for the version that made it worse.", isExperiment: false },
  blame: { says: "This run is a probe of an analysis that looks for the part of the prompt that made it worse.", isExperiment: false },
};

function Origin({ follows, trigger }: { follows: string; trigger: string }) {
  const { says, isExperiment } = ORIGINS[trigger] ?? { says: "This run follows another one.", isExperiment: true };
  return (
    <Notice
      action={
        isExperiment && (
          <Link to="/experiments/$experimentId" params={{ experimentId: follows }}>
            Open the other run
          </Link>
        )
      }
    >
      {says}
    </Notice>
  );
}

function Adaptive({ adaptive: { stopped_by, visited, planned, calls_saved } }: { adaptive: NonNullable<Status["adaptive"]> }) {
  if (stopped_by !== null)
    return (
      <Notice kind="info">
        It stopped {stopped(stopped_by)}, after {count(visited ?? 0)} of {count(planned)} examples; {count(calls_saved)} calls were not needed.
      </Notice>
    );
  return (
    <Notice kind="info">
      {visited === null ? "It stops as soon as the examples have an answer; so far it goes on." : `It could have stopped early, and needed all ${count(planned)} examples.`}
    </Notice>
  );
}

/** What is particular about this run: it follows another, it may stop early, it failed as a whole. */
export function OriginNotes({ status: { follows, adaptive, error, status, trigger } }: { status: Status }) {
  return (
    <>
      {error && status === "failed" && <Notice kind="error">{error}</Notice>}
      {follows && <Origin follows={follows} trigger={trigger} />}
      {adaptive && <Adaptive adaptive={adaptive} />}
    </>
  );
}
