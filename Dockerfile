# Partner Desk in a container: two stages, no root, nothing written outside /var/lib/partner-desk.
#   docker build -t partner-desk .
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/partner-desk
RUN /opt/partner-desk/bin/pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-build.txt
COPY . .
RUN /opt/partner-desk/bin/pip install --no-cache-dir --no-deps --no-build-isolation .
RUN /opt/partner-desk/bin/pip uninstall --yes setuptools

FROM python:3.12-slim-bookworm
COPY --from=build /opt/partner-desk /opt/partner-desk
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin partner-desk \
 && install -d -o partner-desk -g partner-desk -m 0700 /var/lib/partner-desk
ENV PATH=/opt/partner-desk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite:////var/lib/partner-desk/desk.sqlite3 \
    DESK_CONFIG=/etc/partner-desk/desk.toml
USER 10001
WORKDIR /var/lib/partner-desk
VOLUME /var/lib/partner-desk
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
    CMD ["python", "-m", "runtime.probe"]
ENTRYPOINT ["partner-desk"]
CMD ["run"]
