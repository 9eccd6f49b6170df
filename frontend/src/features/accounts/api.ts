import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type ApiKey = Schemas["ApiKeyRead"];
export type ApiKeyMade = Schemas["ApiKeyMade"];
export type Member = Schemas["MemberRead"];
export type Role = Schemas["Role"];

export const sessionsOptions = queryOptions({
  queryKey: ["me", "sessions"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/me/sessions", { signal })),
});

export const keysOptions = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/api-keys", { signal })),
});

export const membersOptions = queryOptions({
  queryKey: ["members"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/members", { signal })),
});

export const invitationsOptions = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/invitations", { signal })),
});

export const changeProfile = (body: Schemas["ProfileChange"]) => unwrap(http.PATCH("/api/v1/me", { body }));

export const changePassword = (body: Schemas["ChangePassword"]) => unwrap(http.POST("/api/v1/auth/password", { body }));

export const revokeSession = (session_id: string) => unwrap(http.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id } } }));

export const createKey = (body: Schemas["ApiKeyCreate"]) => unwrap(http.POST("/api/v1/api-keys", { body }));

export const rotateKey = (key_id: string) => unwrap(http.POST("/api/v1/api-keys/{key_id}/rotate", { params: { path: { key_id } } }));

export const revokeKey = (key_id: string) => unwrap(http.DELETE("/api/v1/api-keys/{key_id}", { params: { path: { key_id } } }));

export const changeRole = ({ user_id, role }: { user_id: string; role: Role }) =>
  unwrap(http.PATCH("/api/v1/members/{user_id}", { params: { path: { user_id } }, body: { role } }));

export const removeMember = (user_id: string) => unwrap(http.DELETE("/api/v1/members/{user_id}", { params: { path: { user_id } } }));

export const invite = (body: Schemas["InvitationCreate"]) => unwrap(http.POST("/api/v1/invitations", { body }));

export const withdrawInvitation = (invitation_id: string) =>
  unwrap(http.DELETE("/api/v1/invitations/{invitation_id}", { params: { path: { invitation_id } } }));
