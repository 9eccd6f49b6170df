import type { Verdict } from "@/components/charts/chart-types";

const REFERENCE = { strokeWidth: 1.5, strokeDasharray: "2 2" };

/** An interval against a dashed line: the picture that stands beside the word of a verdict. */
export function VerdictGlyph({ verdict }: { verdict: Verdict }) {
  return (
    <svg
      className="verdict-glyph"
      viewBox="0 0 30 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      {verdict === "regression" && (
        <>
          <path d="M20 2v14" {...REFERENCE} />
          <path d="M3 9h12M3 5.5v7M15 5.5v7" />
          <circle className="solid" cx="9" cy="9" r="3" />
        </>
      )}
      {verdict === "pass" && (
        <>
          <path d="M8 2v14" {...REFERENCE} />
          <path d="M13 9h14M13 5.5v7M27 5.5v7" />
          <circle className="solid" cx="20" cy="9" r="3" />
        </>
      )}
      {verdict === "inconclusive" && (
        <>
          <path d="M15 2v14" {...REFERENCE} />
          <path d="M3 9h24M3 5.5v7M27 5.5v7" />
          <circle className="hollow" cx="13" cy="9" r="3" />
        </>
      )}
      {verdict === "invalid" && (
        <>
          <path d="M4 9h6M20 9h6M3 5.5v7M27 5.5v7" />
          <path d="M12 6l6 6M18 6l-6 6" />
        </>
      )}
      {verdict === "running" && (
        <>
          <path d="M15 2v14" {...REFERENCE} />
          <path d="M3 9h24" strokeDasharray="3 3" />
          <circle className="hollow" cx="15" cy="9" r="3" />
        </>
      )}
    </svg>
  );
}
