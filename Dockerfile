# The image of the server: one static program with the page inside, the authorities of the web, and nothing else.
#
#   docker build --tag clew .
#
# Two builds of one commit are the same, bit by bit, where the tool sets the times of files itself:
#   docker buildx build --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) --output type=oci,dest=clew.tar,rewrite-timestamp=true .
#   buildah bud --timestamp $(git log -1 --format=%ct) --tag clew .
ARG BASE=docker.io/library/debian:12-slim

FROM ${BASE} AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates curl gcc git libc6-dev musl-tools \
        fonts-noto-core fonts-droid-fallback fonts-nanum \
    && rm -rf /var/lib/apt/lists/*
# rustup takes the compiler that rust-toolchain.toml names.
ENV PATH=/root/.cargo/bin:${PATH}
RUN command -v rustup || curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs \
    | sh -s -- -y --no-modify-path --profile minimal --default-toolchain none
WORKDIR /src
COPY . .
RUN cargo xtask server --into /out

FROM scratch
COPY --from=build /out/ /
# Of nobody: the folder of the data is the only place that it writes to.
COPY --from=build --chown=65532:65532 /out/opt/clew/data /opt/clew/data
USER 65532:65532
# SQLite puts what does not fit into memory beside the store: sealed rows, and there is no other place.
ENV CLEW_LISTEN=0.0.0.0:14445 SQLITE_TMPDIR=/opt/clew/data
VOLUME /opt/clew/data
EXPOSE 14445
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["/clew", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/clew"]
CMD ["serve"]
