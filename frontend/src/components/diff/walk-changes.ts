/** Moves the focus to the next changed stretch of a DiffTable, from the last one back to the first. */
export function goToChange(root: ParentNode, step: 1 | -1): void {
  const rows = [...root.querySelectorAll<HTMLElement>("[data-change]")];
  const here = rows.findIndex((row) => row === document.activeElement);
  const from = here < 0 && step < 0 ? 0 : here;
  const next = rows[(from + step + rows.length) % rows.length];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "center" });
}
