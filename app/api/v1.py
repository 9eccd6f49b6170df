"""The URL table of version 1: one line per noun, nothing else."""

from fastapi import APIRouter

from app.accounts import people_router as people
from app.accounts import router as accounts
from app.accounts import session_router as browser_sessions
from app.alerts import router as alerts
from app.analyses import router as analyses
from app.analytics import router as analytics
from app.api import health, system
from app.backup import router as backup
from app.budgets import router as budgets
from app.comparison import router as comparison
from app.experiments import evaluation
from app.experiments import router as experiments
from app.gates import baseline_router as baselines
from app.gates import router as gates
from app.golden import router as golden
from app.imports import router as imports
from app.jobs import router as jobs
from app.judges import router as judges
from app.onboarding import router as onboarding
from app.operations import router as operations
from app.playground import router as playground
from app.prompts import router as prompts
from app.prompts import version_router as prompt_versions
from app.reports import router as reports
from app.review import certificate_router as judge_certificates
from app.review import queue_router as review_queue
from app.review import router as review
from app.runs import router as runs
from app.schedules import router as schedules
from app.webhooks import router as webhooks

api = APIRouter(prefix="/api/v1")
api.include_router(health.router)
api.include_router(accounts.auth)
api.include_router(accounts.router)
api.include_router(browser_sessions.auth)
api.include_router(browser_sessions.router)
api.include_router(people.router)
api.include_router(prompt_versions.router)  # before /prompts/{prompt_id}: it has /prompts/diff
api.include_router(prompts.router)
api.include_router(analytics.router)
api.include_router(golden.router)
api.include_router(imports.router)
api.include_router(judges.router)
api.include_router(runs.router)
api.include_router(experiments.router)
api.include_router(evaluation.router)
api.include_router(reports.router)
api.include_router(backup.router)
api.include_router(comparison.router)
api.include_router(gates.router)
api.include_router(baselines.router)
api.include_router(review.router)
api.include_router(review_queue.router)
api.include_router(judge_certificates.router)
api.include_router(analyses.router)
api.include_router(jobs.router)
api.include_router(schedules.router)
api.include_router(playground.router)
api.include_router(operations.router)
api.include_router(budgets.router)
api.include_router(system.router)
api.include_router(onboarding.router)
api.include_router(alerts.router)
api.include_router(webhooks.router)
