# The image of one region's node, in two ways:
#   docker compose build    compiles inside an official Swift image (stage `node`, the default)
#   deploy/prebuilt.sh      makes a build context of a binary that is already here, for the stage `prebuilt`
#                           (docker-compose.prebuilt.yml)
# The order of the stages matters: Docker's classic builder runs every stage before its target, needed or not, and
# `prebuilt` must need no Swift image.
ARG DEBIAN_IMAGE=debian:bookworm-slim
# Some dependencies need Swift 6.2 or newer.
ARG SWIFT_IMAGE=swift:6.3-bookworm

FROM ${DEBIAN_IMAGE} AS runtime
# Empty where the base image has them already: then nothing is fetched.
ARG RUNTIME_PACKAGES="libcurl4 libssl3 libsqlite3-0 libzstd1 zlib1g libstdc++6"
RUN if [ -n "$RUNTIME_PACKAGES" ]; then \
      apt-get update && apt-get install -y --no-install-recommends $RUNTIME_PACKAGES && rm -rf /var/lib/apt/lists/*; \
    fi
# A new named volume takes owner and mode from the folder that it covers.
RUN groupadd --gid 10001 tongyuan \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/tongyuan --shell /usr/sbin/nologin tongyuan \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/tongyuan \
 && install -d -o 10001 -g 10001 -m 0755 /cards
COPY deploy/container-start.sh /opt/bin/container-start
ENV TONGYUAN_NODE=/var/lib/tongyuan/node TONGYUAN_CARDS=/cards LANG=C.UTF-8 \
    PATH=/opt/tongyuan:/opt/bin:/usr/local/bin:/usr/bin:/bin
USER 10001:10001
WORKDIR /var/lib/tongyuan
EXPOSE 7301
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["tongyuan", "status", "--json"]
ENTRYPOINT ["container-start"]

FROM runtime AS prebuilt
COPY prebuilt/ /opt/tongyuan/

FROM ${SWIFT_IMAGE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Makefile ./
RUN make setup
COPY . .
RUN swift build -c release --product tongyuan \
 && deploy/collect.sh .build/release/tongyuan /opt/tongyuan

FROM runtime AS node
COPY --from=build /opt/tongyuan /opt/tongyuan
