"""`uvicorn app.main:app`: the application, put together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from app.api import dashboard, health, pages
from app.api.v1 import api
from app.core import celery_app, logs, problems, security
from app.core.config import get_settings
from app.core.database import refuse_unsafe_role
from app.core.middleware import Edge
from app.core.problems import Problem
from app.openai_api import router as openai_api
from app.openai_api import shape as openai_shape

COMPRESSED_FROM = 4096  # bytes; below, a token or a sentence gains nothing
COMPRESSION = 5  # of 9: 2 MB of cases become 0.36 MB in 0.03 s; 6 takes 0.07 s for 0.33 MB
DESCRIPTION = "Versioned prompts, golden examples, durable experiments, and a verdict."


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    logs.configure()
    # as many threads as database connections: one more would only wait for a connection
    current_default_thread_limiter().total_tokens = get_settings().database_pool_size
    await run_in_threadpool(refuse_unsafe_role)
    await run_in_threadpool(security.warm_up)
    celery_app.warm_up()
    gc.collect()
    gc.freeze()  # a full collection walks all that was imported: 0.2 s in which nobody is served
    yield


def operation_id(route: APIRoute) -> str:
    return route.name


def create_app() -> FastAPI:
    settings = get_settings()
    app = FastAPI(
        title="LLM Operations Platform",
        version=health.current_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        docs_url=None,  # ours: app/api/pages.py
        redoc_url=None,
        openapi_url="/openapi.json" if settings.serves_docs else None,
    )
    problems.install(app)
    problems.shape_below("/v1/", openai_shape.shaped)
    # event streams are left alone by default; large bodies are compressed in a thread
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION)
    app.add_middleware(Edge)
    app.include_router(health.root)
    app.include_router(api)
    app.include_router(openai_api.router)
    pages.install(app, reference=settings.serves_docs)
    dashboard.install(app)
    app.openapi = lambda: schema_of(app)  # type: ignore[method-assign] # FastAPI's documented way
    return app


def schema_of(app: FastAPI) -> dict[str, object]:
    """OpenAPI with the one shape of errors in it."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        app.openapi_schema = schema
    return app.openapi_schema


__all__ = ["app", "celery_app", "create_app"]
app = create_app()
