import { Link } from "@tanstack/react-router";
import { Sparkline } from "@/components/charts/sparkline";
import { Panel } from "@/components/layout/panel";
import { Chip } from "@/components/ui/chip";
import { Time } from "@/components/ui/time";
import { DeltaValue } from "@/features/verdicts/delta-value";
import { ScoreValue } from "@/features/verdicts/score-value";
import { VerdictBadge } from "@/features/verdicts/verdict-badge";
import { decimal, plural } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { SettingsTable } from "@/features/accounts/settings-table";

type PromptLine = Schemas["PromptLine"];

/** This many versions behind is far. */
const FAR = 3;

export function ProductionTable({ prompts, total }: { prompts: readonly PromptLine[]; total: number }) {
  return (
    <Panel
      title="Prompts in production"
      beside={prompts.length < total && <span className="n">the {prompts.length} most used</span>}
      tools={
        <Link className="small" to="/prompts">
          {total === 1 ? "The prompt" : `All ${plural(total, "prompt")}`}
        </Link>
      }
      flush
    >
      <SettingsTable
        caption="Prompts in production"
        columns={[
          "Prompt",
          "Production → newest",
          { name: "Score, 95 % CI", kind: "num" },
          { name: "Δ to previous production", kind: "num" },
          "Last experiments",
          "Changed by",
        ]}
      >
        {prompts.map((prompt) => (
          <PromptRow key={prompt.prompt_id} prompt={prompt} />
        ))}
      </SettingsTable>
    </Panel>
  );
}

function PromptRow({ prompt }: { prompt: PromptLine }) {
  const { name, production, score, change, trend } = prompt;
  return (
    <tr>
      <td>
        <Link to="/prompts/$" params={{ _splat: name }}>
          {name}
        </Link>
      </td>
      <td>
        <Standing prompt={prompt} />
      </td>
      <td className="num">
        <ScoreValue estimate={score} />
      </td>
      <td className="num">
        <DeltaValue
          value={change?.value}
          interval={change?.interval}
          n={change?.n}
          lowerIsBetter={change?.direction === "lower"}
          missing={production ? "not compared" : "never in production"}
        />
      </td>
      <td className="trend">
        {trend.length > 0 ? (
          <Sparkline values={trend} height={24} label={`Scores, oldest first: ${trend.map((value) => decimal(value)).join(", ")}`} />
        ) : (
          <span className="t3">none yet</span>
        )}
      </td>
      <td className="t2 nowrap">
        {production && (
          <>
            {production.moved_by},{" "}
            <Time at={production.moved_at} />
          </>
        )}
      </td>
    </tr>
  );
}

/** What serves, how far the newest version is ahead of it, and what is known of that one. */
function Standing({ prompt: { production, latest_number, ahead, latest_verdict } }: { prompt: PromptLine }) {
  return (
    <span className="row">
      {production ? <Chip kind="label">v{production.number}</Chip> : <span className="small t3">{latest_number === 0 ? "no version yet" : `not served, newest v${latest_number}`}</span>}
      {production && ahead === 0 && <span className="small t3">newest</span>}
      {ahead > 0 && <Chip kind={ahead >= FAR ? "inconclusive" : "plain"}>{ahead} ahead</Chip>}
      {ahead > 0 && latest_verdict && (
        <span className="row nowrap small">
          v{latest_number} <VerdictBadge ruling={latest_verdict} small />
        </span>
      )}
    </span>
  );
}
