import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { meOptions } from "@/features/session/api";
import { Appearance } from "./appearance";
import { OpenSessions } from "./open-sessions";
import { PasswordForm } from "./password-form";
import { ProfileForm } from "./profile-form";

export function ProfileSection() {
  const me = useQuery(meOptions);
  return (
    <QueryStates query={me} failed="Your profile could not be loaded.">
      {(who) => (
        <>
          <div className="half">
            <ProfileForm me={who} />
            <div className="stack">
              <Appearance />
              <PasswordForm username={who.user ?? ""} />
            </div>
          </div>
          <OpenSessions />
        </>
      )}
    </QueryStates>
  );
}
