# The local stack in a container, for development. How it is used: docs/local.md.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# A volume that is mounted here takes over the owner.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4566
HEALTHCHECK --interval=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:4566/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "local/main.ts", "--host", "0.0.0.0", "--data", "/data"]
