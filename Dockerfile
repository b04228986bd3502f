# The operators' commands (kafka-dr) as they run in a Job next to the target: docs/operate/kubernetes-job.md.
# The tag is exact; pin it to the digest that your registry shows for it:
#   docker buildx imagetools inspect node:24.22.3-bookworm-slim
ARG NODE_IMAGE=docker.io/library/node:24.22.3-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY . .
RUN npm run build && rm dist/cli/inputs.json

# The compiled commands hold the packages that they use, so the image has no node_modules.
FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json /app/Pulumi.yaml ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
# A number, so that Kubernetes can see that it is not root. The image's own user "node".
USER 1000:1000
ENTRYPOINT ["node", "bin/kafka-dr.js"]
