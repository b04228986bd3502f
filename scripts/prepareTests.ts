/**
 * Fills the caches of the suites, so that no test's limit has to allow for downloads: Maven artifacts,
 * and modules that the Go toolchain fetches. It shows progress and has no time limit; a second run has
 * nothing to do. The cluster suite itself builds its API servers, beside the other steps.
 */
import { ensureArtifacts, kafkaClassPath } from "../lab/artifacts/artifacts";
import crdGeneratorLock from "../lab/artifacts/crd-generator.lock.json";
import { jmxExporterJar } from "../lab/jmxExporter";
import { externalSecretsCrds } from "../tests/cluster/apiServers/externalSecretsCrds";
import { goVersion } from "../tests/cluster/apiServers/goServers";
import { runActionlint } from "../tests/workflows/actionlint";

function report(line: string): void {
    console.log(line);
}

/** Downloads of the Go toolchain; without Go, the suites that need them are skipped. */
async function prepareGo(): Promise<void> {
    if ((await goVersion()) === undefined) {
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
