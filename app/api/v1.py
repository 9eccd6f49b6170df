"""The URL table of version 1: one line per noun, nothing else."""

from fastapi import APIRouter

from app.accounts import router as accounts
from app.api import health
from app.experiments import evaluation
from app.experiments import router as experiments
from app.golden import router as golden
from app.jobs import router as jobs
from app.playground import router as playground
from app.prompts import router as prompts
from app.prompts import version_router as prompt_versions
from app.runs import router as runs

api = APIRouter(prefix="/api/v1")
api.include_router(health.router)
api.include_router(accounts.auth)
api.include_router(accounts.router)
api.include_router(prompt_versions.router)  # before /prompts/{prompt_id}: it has /prompts/diff
api.include_router(prompts.router)
api.include_router(golden.router)
api.include_router(runs.router)
api.include_router(experiments.router)
api.include_router(evaluation.router)
api.include_router(jobs.router)
api.include_router(playground.router)
