import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { VersionChip } from "@/components/ui/chip";
import { ButtonLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { SettingsTable } from "@/features/accounts/settings-table";
import { count, plural } from "@/lib/format";
import { type Evaluator, type Judge, certificatesOptions, evaluatorsOptions, judgesOptions } from "./api";
import { newestOf } from "./certificate-report";
import { StandingCells } from "./standing-cells";

const kindWords = (evaluator: Evaluator | undefined): string =>
  evaluator === undefined ? "" : evaluator.needs_model ? "asks a model" : "deterministic";

interface JudgeRowProps {
  judge: Judge;
  evaluator: Evaluator | undefined;
}

function JudgeRow({ judge, evaluator }: JudgeRowProps) {
  return (
    <tr>
      <td>
        <span className="row">
          <Link to="/evaluations/judges/$judgeId" params={{ judgeId: judge.id }}>
            {judge.name}
          </Link>
          <VersionChip number={judge.latest_number} />
        </span>
        {judge.description && <span className="small t3 under">{judge.description}</span>}
      </td>
      <td className="t2">
        {judge.evaluator}
        <span className="small t3 under">{judge.model ? `asks ${judge.model}` : kindWords(evaluator)}</span>
      </td>
      <StandingCells certificate={judge.certificate} asksModel={evaluator?.needs_model ?? true} />
      <td className="t2 nowrap">{plural(judge.experiments, "experiment")}</td>
      <td className="t2 nowrap">
        {judge.created_by}, <Time at={judge.created_at} />
      </td>
    </tr>
  );
}

/** The workspace's own judges, and what each may decide. */
export function JudgesTable({ mayWrite }: { mayWrite: boolean }) {
  const judges = useQuery(judgesOptions);
  const evaluators = useQuery(evaluatorsOptions);
  return (
    <Panel
      title="Judges"
      beside={judges.data && <span className="n">{count(judges.data.total)}</span>}
      foot="κ: agreement with people beyond chance. A judge may gate while its certificate holds."
      flush
    >
      <QueryStates query={judges} failed="The judges could not be loaded." rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="No judges of your own yet"
              actions={
                mayWrite && (
                  <ButtonLink kind="primary" to="/evaluations" search={{ new: true }}>
                    New judge
                  </ButtonLink>
                )
              }
              command={'POST /api/v1/judges {"name": "tone", "evaluator": "rubric", "options": {"criteria": "…"}}'}
            >
              A judge is an evaluator with your rubric and model under a name and a version, so that scores stay comparable.
            </EmptyState>
          ) : (
            <SettingsTable
              caption="Judges, their agreement with people and what they may decide"
              columns={["Judge", "Evaluator", "κ against its limit", "With 95 % CI", "Decides", "Used by", "Made by"]}
            >
              {items.map((judge) => (
                <JudgeRow
                  key={judge.id}
                  judge={judge}
                  evaluator={evaluators.data?.items.find(({ name }) => name === judge.evaluator)}
                />
              ))}
            </SettingsTable>
          )
        }
      </QueryStates>
    </Panel>
  );
}

/** What is built in; a certificate here is the newest of any version and model, and says which. */
export function EvaluatorsTable() {
  const evaluators = useQuery(evaluatorsOptions);
  const certificates = useQuery(certificatesOptions());
  return (
    <Panel title="Built-in evaluators" beside={evaluators.data && <span className="n">{count(evaluators.data.total)}</span>} flush>
      <QueryStates query={evaluators} failed="The evaluators could not be loaded.">
        {({ items }) => (
          <SettingsTable
            caption="Built-in evaluators with their newest certificates"
            columns={["Evaluator", "Kind", "κ against its limit", "With 95 % CI", "Decides"]}
          >
            {items.map((evaluator) => {
              const certificate = newestOf(certificates.data?.items ?? [], evaluator.name);
              return (
                <tr key={evaluator.name}>
                  <td>
                    {certificate ? (
                      <Link to="/evaluations" search={{ tab: "certificates", certificate: certificate.id }}>
                        {evaluator.name}
                      </Link>
                    ) : (
                      <b>{evaluator.name}</b>
                    )}
                    <span className="small t3 under">{evaluator.summary}</span>
                  </td>
                  <td className="t2 nowrap">
                    {kindWords(evaluator)}
                    {certificate && (
                      <span className="small t3 under">
                        {certificate.evaluator_version} on {certificate.judge_model}
                      </span>
                    )}
                  </td>
                  <StandingCells certificate={certificate} asksModel={evaluator.needs_model} />
                </tr>
              );
            })}
          </SettingsTable>
        )}
      </QueryStates>
    </Panel>
  );
}
