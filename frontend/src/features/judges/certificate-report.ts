import type { Estimate } from "@/lib/format";
import type { Schemas } from "@/services/http";
import type { Certificate } from "./api";

/** A certificate's evidence, which the server keeps as plain JSON; what is not there is null. */
export interface Evidence {
  kappa: Estimate | null;
  minKappa: number | null;
  confusion: Schemas["Confusion"] | null;
  question: "hallucinated" | "failed";
  drawnAtRandom: number | null;
  attacks: { passed: boolean; n: number } | null;
  experimentId: string | null;
}

type Bag = Readonly<Record<string, unknown>>;

const bagOf = (value: unknown): Bag | null => (typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null);
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

function kappaOf(value: unknown, n: number): Estimate | null {
  const kappa = bagOf(value);
  const middle = numberOf(kappa?.value);
  if (!kappa || middle === null) return null;
  const [low, high]: unknown[] = Array.isArray(kappa.interval) ? kappa.interval : [];
  return { value: middle, n, interval: typeof low === "number" && typeof high === "number" ? [low, high] : null };
}

function confusionOf(value: unknown): Schemas["Confusion"] | null {
  const bag = bagOf(value);
  const [true_positives, false_negatives, false_positives, true_negatives] = [
    numberOf(bag?.true_positives),
    numberOf(bag?.false_negatives),
    numberOf(bag?.false_positives),
    numberOf(bag?.true_negatives),
  ];
  if (true_positives === null || false_negatives === null || false_positives === null || true_negatives === null) return null;
  return { true_positives, false_negatives, false_positives, true_negatives };
}

export function evidenceOf({ report, n }: Pick<Certificate, "report" | "n">): Evidence {
  const attacks = bagOf(report.injection);
  return {
    kappa: kappaOf(report.kappa, n),
    minKappa: numberOf(report.min_kappa),
    confusion: confusionOf(report.confusion),
    question: report.question === "hallucinated" ? "hallucinated" : "failed",
    drawnAtRandom: numberOf(report.drawn_at_random),
    attacks: attacks && typeof attacks.passed === "boolean" ? { passed: attacks.passed, n: numberOf(attacks.n) ?? 0 } : null,
    experimentId: typeof report.experiment_id === "string" ? report.experiment_id : null,
  };
}

/** A certificate as the list of judges has it, or with its whole report. */
export type Examined = Certificate | Schemas["JudgeCertificateSummary"];

export function agreementOf(examined: Examined): Pick<Evidence, "kappa" | "minKappa"> {
  return "report" in examined ? evidenceOf(examined) : { kappa: examined.kappa, minKappa: examined.min_kappa };
}

export type Standing = "may gate" | "shown only" | "expired" | "being examined" | "no certificate";

export function standingOf(certificate: Examined | undefined | null): Standing {
  if (!certificate) return "no certificate";
  if ("state" in certificate && certificate.state === "pending") return "being examined";
  if (!certificate.admissible) return "shown only";
  return certificate.expired ? "expired" : "may gate";
}

/** The one that counts: the newest that was decided, else the newest. The list comes newest first. */
export function newestOf(certificates: readonly Certificate[], evaluator: string): Certificate | undefined {
  const own = certificates.filter((one) => one.evaluator === evaluator);
  return own.find((one) => one.state === "decided") ?? own[0];
}
