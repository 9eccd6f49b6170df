/** What the two keys of an editor do; the key is left alone where there is nothing to do. */
export interface EditorKeys {
  /** ⌘↵ */
  onSubmit?: (() => void) | undefined;
  /** ⌘S */
  onSave?: (() => void) | undefined;
}
