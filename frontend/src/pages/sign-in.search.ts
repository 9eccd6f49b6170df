import { type RawSearch, text } from "@/lib/search-params";

export interface SignInSearch {
  next?: string;
}

export function signInSearch(raw: RawSearch): SignInSearch {
  return {
    next: text(raw, "next"),
  };
}
