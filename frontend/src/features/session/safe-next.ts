/** Where to go after signing in: a path of this site, whatever the address bar was made to say. */
export function safeNext(next: string | undefined, origin: string = window.location.origin): string {
  if (!next?.startsWith("/")) return "/";
  let url: URL;
  try {
    url = new URL(next, origin);
  } catch {
    return "/";
  }
  // `/.//host` stays here when it is read, and leaves when it is followed
  if (url.origin !== origin || url.pathname.startsWith("//")) return "/";
  return url.pathname === "/sign-in" ? "/" : url.pathname + url.search + url.hash;
}
