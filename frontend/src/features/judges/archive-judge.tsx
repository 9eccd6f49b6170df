import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { ConfirmByName } from "@/features/accounts/confirm-by-name";
import { archiveJudge } from "./api";

/** The way out of use; it does not come back, so its name has to be typed. */
export function ArchiveJudge({ id, name }: { id: string; name: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const archive = useMutation({
    mutationFn: archiveJudge,
    onSuccess: async () => {
      toast(`Archived ${name}. Experiments that named it keep it.`);
      await navigate({ to: "/evaluations" });
      await client.invalidateQueries({ queryKey: ["judges"] });
    },
  });
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis className="icon" aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem danger onSelect={() => setAsking(true)}>
          Archive this judge
        </MenuItem>
      </Menu>
      {isAsking && (
        <ConfirmByName
          title={`Archive ${name}`}
          name={name}
          button="Archive judge"
          busy={archive.isPending}
          error={archive.error}
          onConfirm={() => archive.mutate(id)}
          onClose={() => setAsking(false)}
        >
          No new experiment can name it, and its name stays taken. Experiments that did keep what they froze.
        </ConfirmByName>
      )}
    </>
  );
}
