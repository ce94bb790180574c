# Two stages: the first has pip and a compiler of bytecode, the second only what runs. docs/operator.md, "By Docker",
# says how it is set up; ops/deploy/compose.yml runs it with Prometheus, Alertmanager and Grafana.
FROM python:3.11-slim-bookworm AS dependencies

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.lock \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 perpdesk \
 && useradd --system --uid 10001 --gid perpdesk --home-dir /data --no-create-home --shell /usr/sbin/nologin perpdesk \
 && install --directory --owner perpdesk --group perpdesk --mode 0700 /config /data

COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /app
COPY pyproject.toml ./
COPY bot ./bot
COPY handlers ./handlers
COPY storage ./storage
COPY cache ./cache
COPY stats_api ./stats_api
COPY ops ./ops
RUN /opt/venv/bin/python -m compileall -q bot handlers storage cache stats_api ops \
 && printf '#!/bin/sh\ncd /app && exec /opt/venv/bin/python -m ops "$@"\n' > /usr/local/bin/perpdesk \
 && chmod 0755 /usr/local/bin/perpdesk

# The root may be read-only: everything that changes is in the two volumes. The key is apart from the database and its
# backups. The sidecar stays on loopback: elsewhere it needs a token (PERPDESK_STATS_HOST and _STATS_TOKEN).
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PERPDESK_CONFIG=/config/perpdesk.toml \
    PERPDESK_KEY_FILE=/config/perpdesk.key \
    PERPDESK_DATABASE=/data/perpdesk.sqlite3 \
    PERPDESK_LOG_FORMAT=json

USER perpdesk
VOLUME ["/config", "/data"]
EXPOSE 8765 8768
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=180s --retries=3 \
    CMD ["python", "-m", "ops", "health"]
# Not `perpdesk run`: the command line's libraries take a fifth of a start.
CMD ["python", "-m", "bot"]
