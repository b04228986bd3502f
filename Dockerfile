# The operators' commands (kafka-dr) as they run in a Job next to the target: docs/operate/kubernetes-job.md.
# The tag is exact; pin it to the digest that your registry shows for it:
#   docker buildx imagetools inspect node:24.22.3-bookworm-slim
ARG NODE_IMAGE=docker.io/library/node:24.22.3-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
# ts-node compiles at the start; V8's cache of that would go to a folder that nobody empties.
ENV NODE_ENV=production DISABLE_V8_COMPILE_CACHE=1
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY . .
# A number, so that Kubernetes can see that it is not root. The image's own user "node".
USER 1000:1000
ENTRYPOINT ["node", "bin/kafka-dr.js"]
