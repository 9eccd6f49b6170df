import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { PageHeader } from "@/components/layout/page-header";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Chip, VersionChip } from "@/components/ui/chip";
import { judgeOptions } from "@/features/judges/api";
import { ArchiveJudge } from "@/features/judges/archive-judge";
import { JudgeCertificates } from "@/features/judges/judge-certificates";
import { NewVersionSheet } from "@/features/judges/judge-sheets";
import { JudgeVersions } from "@/features/judges/judge-versions";
import { useMay } from "@/features/session/use-may";

export function JudgePage() {
  const { judgeId } = useParams({ from: "/shell/evaluations/judges/$judgeId" });
  const judge = useQuery(judgeOptions(judgeId));
  const mayWrite = useMay("write");
  const [isChanging, setChanging] = useState(false);
  const newest = judge.data?.versions[0];
  return (
    <>
      <PageHeader
        title={judge.data?.name ?? "Judge"}
        crumb={judge.data?.name}
        identity={
          judge.data && (
            <>
              <VersionChip number={judge.data.latest_number} />
              {judge.data.archived_at && <Chip kind="invalid">archived</Chip>}
              {newest && (
                <span>
                  {newest.evaluator} on {newest.model ?? "the experiment's judge model"}
                </span>
              )}
              {judge.data.description && (
                <>
                  <span className="t3">·</span>
                  <span>{judge.data.description}</span>
                </>
              )}
              <span className="t3">·</span>
              <span>
                experiments name it <code>judge:{judge.data.name}</code>
              </span>
            </>
          )
        }
        actions={
          mayWrite &&
          judge.data?.archived_at === null && (
            <>
              <ArchiveJudge id={judgeId} name={judge.data.name} />
              <Button kind="primary" onClick={() => setChanging(true)}>
                New version
              </Button>
            </>
          )
        }
      />
      <QueryStates query={judge} failed="The judge could not be loaded.">
        {({ versions }) => (
          <>
            <JudgeVersions versions={versions} />
            {newest && <JudgeCertificates evaluator={newest.evaluator} />}
          </>
        )}
      </QueryStates>
      {isChanging && judge.data && <NewVersionSheet judge={judge.data} onClose={() => setChanging(false)} />}
    </>
  );
}
