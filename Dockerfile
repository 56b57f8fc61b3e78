# syntax=docker/dockerfile:1
# One image, two final commands: `--target bot` is the room and the chats, `--target inference` the models behind HTTP.
# TORCH_INDEX may name a package index with smaller, processor-only builds of torch; without it the build runs on both.

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
RUN python -m venv /opt/memesmith
ENV PATH=/opt/memesmith/bin:$PATH
# The packages we depend on change rarely: they are a layer of their own, installed before our code is copied.
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -c constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} .
COPY bot bot
COPY inference inference
COPY db db
COPY training training
RUN pip install --no-deps --force-reinstall .


FROM python:3.11-slim-bookworm AS runtime
# Fonts for scripts and emoji, FriBidi for right-to-left text, Tesseract for Korean.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        fonts-bebas-neue \
        fonts-noto-cjk \
        fonts-noto-color-emoji \
        fonts-noto-core \
        libfribidi0 \
        tesseract-ocr \
        tesseract-ocr-kor \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home memesmith \
    && install -d -o memesmith -g memesmith /models
COPY --from=build /opt/memesmith /opt/memesmith
ENV PATH=/opt/memesmith/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    HF_HOME=/models \
    MPLCONFIGDIR=/tmp/matplotlib \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8765 \
    WEB_ALLOWED_HOSTS=localhost,127.0.0.1 \
    TELEGRAM_WEBHOOK_HOST=0.0.0.0 \
    TELEGRAM_WEBHOOK_PORT=8443 \
    INFERENCE_HOST=0.0.0.0 \
    INFERENCE_PORT=8766
USER memesmith
WORKDIR /data
VOLUME ["/data", "/models"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["memesmith"]


FROM runtime AS inference
EXPOSE 8766
# Loading counts as unhealthy: whoever waits for health waits for the models.
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['INFERENCE_PORT']}/healthz\", timeout=4)"]
CMD ["serve"]


FROM runtime AS bot
EXPOSE 8765 8443
# The room answers only to the names it is known by, so its door is tried, not a page.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, socket; socket.create_connection(('127.0.0.1', int(os.environ['WEB_PORT'])), 4).close()"]
CMD ["run"]
