/** The two l of the name are the caps of a whisker: the interval is the brand. */
export function Logo() {
  return (
    <svg width="96" height="24" viewBox="0 0 96 24" role="img" aria-label="llmops">
      <g className="ink" strokeWidth="2" strokeLinecap="round">
        <path d="M3 4v16M23 4v16M3 12h20" />
      </g>
      <circle className="dot" cx="14.5" cy="12" r="4" />
      <text x="33" y="17.5">
        llmops
      </text>
    </svg>
  );
}
