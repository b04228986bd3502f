/**
 * Downloads and builds what the suites take from caches, so that no test's limit has to allow for it:
 * Maven artifacts, kube-apiserver and etcd, and what else the Go toolchain fetches. Without a limit of
 * time, with progress; a second run has nothing to do.
 */
import { ensureArtifacts, kafkaClassPath } from "../lab/artifacts/artifacts";
import crdGeneratorLock from "../lab/artifacts/crd-generator.lock.json";
import { jmxExporterJar } from "../lab/jmxExporter";
import { externalSecretsCrds } from "../tests/cluster/apiServers/externalSecretsCrds";
import { buildApiServers } from "../tests/cluster/apiServers/goServers";
import { runActionlint } from "../tests/workflows/actionlint";

function report(line: string): void {
    console.log(line);
}

/** What the Go toolchain builds and fetches; the suites that need it are skipped without Go. */
async function prepareGo(): Promise<void> {
    if ((await buildApiServers(report)) === undefined) {
        report("Go is not installed: make test skips actionlint and the suites on API servers.");
        return;
    }
    await externalSecretsCrds();
    runActionlint(["-version"]);
}

async function main(): Promise<void> {
    await ensureArtifacts(crdGeneratorLock, { onProgress: report });
    await kafkaClassPath();
    await jmxExporterJar();
    await prepareGo();
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
