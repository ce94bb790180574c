# Two stages: the first has a compiler's worth of pip, the second only what runs.
# Build it, make the key file once (keep a copy of it elsewhere), run it:
#   docker build -t perpdesk .
#   docker run --rm -v perpdesk:/data perpdesk perpdesk new-key /data/perpdesk.key
#   docker run -d -v perpdesk:/data -e PERPDESK_TELEGRAM_TOKEN -e PERPDESK_OWNER_IDS --name perpdesk perpdesk
FROM python:3.11-slim-bookworm AS dependencies

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.lock \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 perpdesk \
 && useradd --system --uid 10001 --gid perpdesk --home-dir /data --no-create-home --shell /usr/sbin/nologin perpdesk \
 && install --directory --owner perpdesk --group perpdesk --mode 0700 /data

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

# The sidecar stays on the container's loopback: publish it only with a token (PERPDESK_STATS_HOST and _STATS_TOKEN).
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PERPDESK_DATABASE=/data/perpdesk.sqlite3 \
    PERPDESK_KEY_FILE=/data/perpdesk.key \
    PERPDESK_LOG_FORMAT=json

USER perpdesk
VOLUME /data
EXPOSE 8765
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["perpdesk", "health"]
# Not `perpdesk run`: the command line's libraries take a fifth of a start.
CMD ["python", "-m", "bot"]
