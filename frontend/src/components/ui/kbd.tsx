/** A hint beside what the key does; hidden on touch, and from readers, which have `aria-keyshortcuts`. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="no-touch" aria-hidden="true">
      {children}
    </kbd>
  );
}
