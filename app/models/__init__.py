"""All tables; importing this package registers every one."""

from app.models.account import (
    ApiKey,
    AuditEvent,
    IdempotencyRecord,
    LoginSession,
    Membership,
    Role,
    SetupToken,
    User,
    Workspace,
)
from app.models.base import Base
from app.models.experiment import (
    FINAL,
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Result,
    Shard,
)
from app.models.prompt import (
    GoldenExample,
    LabelMove,
    Prompt,
    PromptAlias,
    PromptLabel,
    PromptVersion,
)
from app.models.run import CostEntry, Run

__all__ = [
    "FINAL",
    "ApiKey",
    "AuditEvent",
    "Base",
    "CaseScore",
    "CaseState",
    "CostEntry",
    "Experiment",
    "ExperimentArm",
    "ExperimentExample",
    "ExperimentStatus",
    "GoldenExample",
    "IdempotencyRecord",
    "LabelMove",
    "LoginSession",
    "Membership",
    "Prompt",
    "PromptAlias",
    "PromptLabel",
    "PromptVersion",
    "Result",
    "Role",
    "Run",
    "SetupToken",
    "Shard",
    "User",
    "Workspace",
]
