import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { linkOptions } from "./api";
import { Refusal, useWait } from "./refusal";

interface FollowLinkProps {
  token: string;
  onDone: () => void;
}

/** Signs in by the one-time link the address held; if it is used up, says so above the form. */
export function FollowLink({ token, onDone }: FollowLinkProps) {
  const link = useQuery(linkOptions(token));
  const wait = useWait(link.error);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => {
    if (link.isSuccess) done.current();
  }, [link.isSuccess]);
  if (link.isPending) return <p role="status">Signing you in.</p>;
  const reason = link.error?.errors[0]?.detail;
  return <Refusal error={link.error} wait={wait} {...(reason && { said: reason })} />;
}
