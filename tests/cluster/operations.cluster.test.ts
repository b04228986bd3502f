import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { Settings } from "../../config/settingsSchema";
import { CommandError } from "../../cli/shared/commandError";
import { stackMetrics } from "../../cli/metrics/metrics";
import { scale } from "../../cli/scale/scale";
import type { ApiClient } from "../../cli/shared/kubernetes/apiClient";
import { apiClient } from "../support/kubernetes";
import { waitFor } from "../../lab/process/wait";
import { commandPermissions, commandRole } from "../../rbac/commandRoles";
import { mirrorPodLabels } from "../../strimzi/builders/podTemplate";
import { type Change, changed, rawStack } from "../support/rawSettings";
import { testIo } from "../support/testIo";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { deployingAccount, kubeconfigFor } from "./support/serviceAccount";
import { newState } from "./support/stackBackend";
import { deploy, Kubectl, namespacesOf, onApiServers, stackOnApiServers } from "./support/stacks";

const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const POD = "kubernetes:core/v1:Pod";
const namespaces = namespacesOf("operations");
const METRICS = `# HELP kafka_producer_batch_size_avg Mean size of a batch.
kafka_producer_batch_size_avg{clientid="\\"connector-producer-a->b.MirrorSourceConnector-0\\""} 16000.0
`;

/** An address of this machine other than loopback, to which the API server refuses to connect. */
function outerAddress(): string | undefined {
    return Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

describeOnApiServers("operations from outside Kubernetes", (apiServers) => {
    let client: ApiClient;
    let kubectl: Kubectl;
    let metrics: Server;
    let port: number;
    /** The settings of an account with only the role of the commands. */
    let settings: Settings;

    before(async () => {
        client = apiClient(apiServers().source.access.operator);
        kubectl = new Kubectl(apiServers().source);
        await deploy(stackOnApiServers("dev", apiServers(), namespaces), newState());
        metrics = createServer((request, response) => {
            response.writeHead(request.url === "/metrics" ? 200 : 404).end(METRICS);
        });
        await new Promise<void>((resolve) => metrics.listen(0, resolve));
        port = (metrics.address() as AddressInfo).port;
        const permissions = commandPermissions(settingsWith()).map((permission) =>
            permission.resource === "pods/proxy"
                ? {
                      ...permission,
                      resourceNames: permission.resourceNames!.map((name) =>
                          name.replace(":9404", `:${port}`),
                      ),
                  }
                : permission,
        );
        const name = "operations-identity";
        const { server } = await deployingAccount(apiServers().source, name, [
            commandRole("dev", settingsWith(), permissions),
        ]);
        const kubeconfig = await kubeconfigFor(path.dirname(apiServers().kubeconfig), name, [
            server,
        ]);
        settings = settingsWith(
            ["source/kubeconfig", kubeconfig],
            ["target/kubeconfig", kubeconfig],
            ["readinessTimeouts/mirrorMakerSeconds", 300],
        );
    });

    after(async () => {
        metrics.closeAllConnections();
        await new Promise((resolve) => metrics.close(resolve));
    });

    function settingsWith(...changes: Change[]): Settings {
        const raw = changed(
            rawStack("dev"),
            ...onApiServers("dev", apiServers(), namespaces),
            ...changes,
        );
        return parseSettings(raw, "Pulumi.dev.yaml").settings;
    }

    /** Creates a worker like Strimzi's operator, running at an address. */
    async function worker(index: number, podIP: string): Promise<string> {
        const name = `my-mm2-cluster-mirrormaker2-${index}`;
        await kubectl.create(POD, {
            apiVersion: "v1",
            kind: "Pod",
            metadata: {
                name,
                namespace: namespaces.target,
                labels: mirrorPodLabels("my-mm2-cluster"),
            },
            spec: {
                securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
                containers: [
                    {
                        name: "worker",
                        image: "worker",
                        securityContext: {
                            allowPrivilegeEscalation: false,
                            capabilities: { drop: ["ALL"] },
                        },
                    },
                ],
            },
        });
        await kubectl.patch(
            POD,
            `${namespaces.target}/${name}`,
            { status: { phase: "Running", podIP, podIPs: [{ ip: podIP }] } },
            "status",
        );
        return name;
    }

    async function remove(pod: string): Promise<void> {
        await client.request({
            method: "DELETE",
            path: `/api/v1/namespaces/${namespaces.target}/pods/${pod}`,
            body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 },
        });
    }

    async function replicas(): Promise<unknown> {
        const { spec } = await kubectl.get(MIRROR_MAKER, `${namespaces.target}/my-mm2-cluster`);
        return (spec as { replicas: unknown }).replicas;
    }

    it("scales to 0, until the last worker is gone, and back to the configured number", async () => {
        const pod = await worker(0, "10.0.0.1");
        const io = testIo();
        const stopping = scale(settings, 0, io, 50);
        await waitFor(
            "scale waits for the worker",
            () =>
                Promise.resolve(
                    io.stderrText().includes("1 pods exist, 0 are wanted") || undefined,
                ),
            { timeoutMs: 300_000 },
        );
        assert.equal(await replicas(), 0);
        await remove(pod);
        assert.deepEqual(await stopping, {
            mirrorMaker: `${namespaces.target}/my-mm2-cluster`,
            before: 1,
            replicas: 0,
            configured: 1,
        });
        await assert.rejects(
            stackMetrics(settings, new AbortController().signal, port),
            (error) => error instanceof CommandError && error.message.includes("has no workers"),
        );
        const starting = scale(settings, undefined, testIo(), 50);
        await waitFor("the number is set", async () => (await replicas()) === 1 || undefined, {
            timeoutMs: 300_000,
        });
        const again = await worker(0, "10.0.0.1");
        assert.equal((await starting).replicas, 1);
        await remove(again);
    });

    it("reports the operator's reason after a timeout", async () => {
        const { target } = namespaces;
        const operator = apiServers().operators.source;
        operator.script("KafkaMirrorMaker2", target, {
            type: "notReady",
            reason: "InvalidResourceException",
            message: "no",
        });
        const short = {
            ...settings,
            readinessTimeouts: { ...settings.readinessTimeouts, mirrorMakerSeconds: 1 },
        };
        await assert.rejects(
            scale(short, 2, testIo(), 50),
            (error) =>
                error instanceof CommandError &&
                /not have 2 workers after 1 s: .*(InvalidResourceException: no|has not observed)/.test(
                    error.message,
                ),
        );
        operator.script("KafkaMirrorMaker2", target, { type: "ready" });
    });

    it("reads the metrics of a worker through the API server, and no other port", async function () {
        const address = outerAddress();
        if (address === undefined) {
            this.skip();
        }
        const pod = await worker(0, address);
        const { signal } = new AbortController();
        try {
            const [found, ...others] = await stackMetrics(settings, signal, port);
            assert.deepEqual(others, []);
            assert.equal(found!.worker, pod);
            assert.deepEqual(
                found!.producers.map(({ clientId, batchSizeAvgBytes }) => [
                    clientId,
                    batchSizeAvgBytes,
                ]),
                [["connector-producer-a->b.MirrorSourceConnector-0", 16000]],
            );
            // Another port of the pod is the REST API, which can change connectors.
            await assert.rejects(
                stackMetrics(settings, signal, 8083),
                (error) =>
                    error instanceof CommandError &&
                    /403.*cannot get resource "pods\/proxy"/.test(error.message),
            );
        } finally {
            await remove(pod);
        }
    });

    it("reports which pod serves no metrics", async function () {
        const address = outerAddress();
        if (address === undefined) {
            this.skip();
        }
        const pod = await worker(0, address);
        metrics.closeAllConnections();
        await new Promise((resolve) => metrics.close(resolve));
        try {
            await assert.rejects(
                stackMetrics(settings, new AbortController().signal, port),
                (error) =>
                    error instanceof CommandError &&
                    error.exitCode === 4 &&
                    error.message.includes(`${namespaces.target}/${pod} serves no metrics`),
            );
        } finally {
            await remove(pod);
        }
    });
});
