import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { QueryStates } from "@/components/layout/states";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { addVersion, createJudge, evaluatorsOptions, judgeOptions, judgesOptions } from "./api";
import { JudgeFormFields } from "./judge-form";

export function NewJudgeSheet({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const evaluators = useQuery(evaluatorsOptions);
  return (
    <Dialog title="New judge" shape="sheet" onClose={onClose}>
      <QueryStates query={evaluators} failed="The evaluators could not be loaded.">
        {({ items }) => (
          <JudgeFormFields
            draftKey="judge.new"
            evaluators={items}
            button="Create judge"
            save={async (body, named) => {
              const judge = await createJudge({ ...body, ...named });
              client.setQueryData(judgeOptions(judge.id).queryKey, judge);
              void client.invalidateQueries({ queryKey: judgesOptions.queryKey });
              await navigate({ to: "/evaluations/judges/$judgeId", params: { judgeId: judge.id } });
            }}
          />
        )}
      </QueryStates>
    </Dialog>
  );
}

interface NewVersionSheetProps {
  judge: Schemas["JudgeRead"];
  onClose: () => void;
}

export function NewVersionSheet({ judge, onClose }: NewVersionSheetProps) {
  const client = useQueryClient();
  const evaluators = useQuery(evaluatorsOptions);
  const newest = judge.versions[0];
  const number = judge.latest_number + 1;
  return (
    <Dialog title={`New version of ${judge.name}`} shape="sheet" onClose={onClose}>
      <QueryStates query={evaluators} failed="The evaluators could not be loaded.">
        {({ items }) =>
          newest && (
            <JudgeFormFields
              draftKey={`judge.${judge.id}`}
              evaluators={items}
              from={newest}
              button={`Save as v${number}`}
              save={async (body) => {
                const changed = await addVersion({ judge_id: judge.id, body });
                client.setQueryData(judgeOptions(judge.id).queryKey, changed);
                void client.invalidateQueries({ queryKey: judgesOptions.queryKey });
                toast(`v${changed.latest_number} of ${changed.name} judges from now on.`);
                onClose();
              }}
            >
              <Notice kind="warn">
                <b>A new version starts a new series.</b> {judge.experiments > 0 && `${plural(judge.experiments, "experiment")} used ${judge.name} so far. `}Scores of v{number} cannot be compared with those of v{judge.latest_number}: a baseline is
                scored again before anything is compared, and a certificate of v{judge.latest_number} does not hold for v{number}.
              </Notice>
            </JudgeFormFields>
          )
        }
      </QueryStates>
    </Dialog>
  );
}
