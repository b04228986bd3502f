import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { Finding } from "../../cli/preflight/findings";
import { preflight } from "../../cli/preflight/main";
import { freePorts } from "../../lab/process/ports";
import { Supervisor } from "../../lab/process/supervisor";
import {
    CA_GENERATION_ANNOTATION,
    COPIED_CA_GENERATION_ANNOTATION,
} from "../../strimzi/builders/caCertificates";
import { caCopySecretName, clusterCaSecretName } from "../../strimzi/builders/names";
import { type Change, changed, rawStack } from "../support/rawSettings";
import { type ApiServer, startApiServer } from "./apiServers/apiServer";
import { kubeconfigText } from "./apiServers/apiServers";
import { buildApiServers } from "./apiServers/goServers";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { CertificateAuthority } from "./operator/certificateAuthority";
import { Kubectl, type Namespaces, namespacesFor, onApiServers } from "./support/stacks";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const SECRET = "kubernetes:core/v1:Secret";
const SOURCE = "my-cluster";
const OPERATORS = "preflight-operators";

describeOnApiServers("the checks before a deployment", (apiServers) => {
    let supervisor: Supervisor | undefined;
    /** Contexts of the API servers, of a closed port, of the source again and of a bare cluster. */
    let kubeconfig: string;
    let closedServer: string;
    /** A cluster without CRDs. */
    let bare: ApiServer;
    const uids = new Map<string, string | undefined>();

    before(async () => {
        supervisor = await Supervisor.create();
        kubeconfig = path.join(supervisor.folder, "kubeconfig.yaml");
        const { source, target } = apiServers();
        const programs = (await buildApiServers(console.log))!;
        bare = await startApiServer("bare", programs, supervisor);
        const [port] = await freePorts(1);
        closedServer = `https://127.0.0.1:${port}`;
        const servers = [
            source,
            target,
            bare,
            { ...source, name: "source-again" },
            { ...source, name: "closed", access: accessAt(source, closedServer) },
        ];
        writeFileSync(kubeconfig, kubeconfigText(servers), { mode: 0o600 });
        for (const server of [source, target, bare]) {
            const kubectl = new Kubectl(server);
            await kubectl.createNamespace(OPERATORS);
            uids.set(server.name, (await kubectl.get(NAMESPACE, "kube-system")).metadata.uid);
        }
    });

    after(async () => {
        // Undefined where the suite is skipped.
        await supervisor?.stop();
    });

    /** The findings of `prod` with the kubeconfig of this test and further changes. */
    async function findingsOf(
        namespaces: Namespaces,
        changes: readonly Change[] = [],
    ): Promise<readonly Finding[]> {
        const contexts = onApiServers("prod", { ...apiServers(), kubeconfig }, namespaces);
        const raw = changed(rawStack("prod"), ...contexts, ...changes);
        return preflight(parseSettings(raw, "Pulumi.prod.yaml").settings);
    }

    /** Two namespaces and operators that watch them. */
    async function prepared(test: string, watched = `${test}-source,${test}-target`) {
        const namespaces = await namespacesFor(apiServers(), test);
        for (const server of [apiServers().source, apiServers().target]) {
            await runOperator(new Kubectl(server), test, watched);
        }
        return namespaces;
    }

    function expectOne(
        findings: readonly Finding[],
        severity: Finding["severity"],
        message: RegExp,
        nextStep: RegExp,
    ): void {
        assert.equal(findings.length, 1, JSON.stringify(findings));
        assert.equal(findings[0]?.severity, severity);
        assert.match(findings[0].message, message);
        assert.match(findings[0].nextStep, nextStep);
        assert.doesNotMatch(findings[0].message + findings[0].nextStep, /\n/);
    }

    it("find nothing in a prepared pair", async () => {
        const namespaces = await prepared("preflight-good");
        const pinned: Change[] = [
            ["source/kubernetesClusterUid", uids.get("source")],
            ["target/kubernetesClusterUid", uids.get("target")],
        ];
        assert.deepEqual(await findingsOf(namespaces), []);
        assert.deepEqual(await findingsOf(namespaces, pinned), []);
    });

    it("accept an operator that watches all namespaces", async () => {
        const namespaces = await namespacesFor(apiServers(), "preflight-all");
        const servers = [apiServers().source, apiServers().target];
        for (const server of servers) {
            await runOperator(new Kubectl(server), "preflight-all", "*");
        }
        try {
            assert.deepEqual(await findingsOf(namespaces), []);
        } finally {
            // It also watches the namespaces of all other tests.
            for (const server of servers) {
                const id = `${OPERATORS}/preflight-all`;
                await new Kubectl(server).patch(DEPLOYMENT, id, {
                    metadata: { labels: { app: null } },
                });
            }
        }
    });

    const problems: readonly (readonly [
        what: string,
        change: () => readonly Change[],
        message: () => RegExp,
        nextStep: RegExp,
    ])[] = [
        [
            "an unknown context",
            () => [["target/context", "nowhere"]],
            () =>
                /kafka-dr:target\.context .* no context "nowhere"; its contexts: source, target, bare/,
            /kubectl config get-contexts/,
        ],
        [
            "an API server that does not answer",
            () => [["source/context", "closed"]],
            () =>
                new RegExp(
                    `cluster of the source .* unreachable: context "closed" \\(${closedServer}\\): .+`,
                ),
            /kubectl --context closed version/,
        ],
        [
            "a cluster that is not the pinned one",
            () => [["target/kubernetesClusterUid", uids.get("source")]],
            () =>
                new RegExp(
                    `kafka-dr:target\\.kubernetesClusterUid is ${uids.get("source")}, .*"target".* ${uids.get("target")}`,
                ),
            /Check whether kafka-dr:source\.context and kafka-dr:target\.context are swapped/,
        ],
        [
            "two contexts of one cluster",
            () => [["target/context", "source-again"]],
            () => /contexts "source" and "source-again" lead to the same Kubernetes cluster/,
            /Set the target to a context of another cluster/,
        ],
        [
            "a missing namespace",
            () => [["target/namespace", "preflight-missing"]],
            // The operators of this test watch it.
            () => /namespace "preflight-missing" of the target does not exist .*"target"/,
            /kubectl --context target create namespace preflight-missing\).* kafka-dr:target\.createNamespace/,
        ],
    ];
    describe("report only", () => {
        let namespaces: Namespaces;
        before(async () => {
            const test = "preflight-problem";
            const watched = [`${test}-source`, `${test}-target`, "preflight-missing"];
            namespaces = await prepared(test, watched.join(", "));
            // For the second context of the source.
            await new Kubectl(apiServers().source).createNamespace(namespaces.target);
        });
        for (const [what, changes, message, nextStep] of problems) {
            it(what, async () => {
                const findings = await findingsOf(namespaces, changes());
                expectOne(findings, "error", message(), nextStep);
            });
        }
    });

    it("name operators that watch only other namespaces", async () => {
        const test = "preflight-others";
        const namespaces = await namespacesFor(apiServers(), test);
        await runOperator(new Kubectl(apiServers().source), test, namespaces.source);
        await runOperator(new Kubectl(apiServers().target), test, "elsewhere");
        expectOne(
            await findingsOf(namespaces),
            "error",
            new RegExp(
                `in the context "target" watches .*"${namespaces.target}".*${test} watches elsewhere`,
            ),
            /watchNamespaces/,
        );
    });

    it("name missing CRDs", async () => {
        const test = "preflight-bare";
        const namespaces = await prepared(test);
        const kubectl = new Kubectl(bare);
        await kubectl.createNamespace(namespaces.target);
        await runOperator(kubectl, test, namespaces.target);
        expectOne(
            await findingsOf(namespaces, [["target/context", "bare"]]),
            "error",
            /"bare" does not serve Kafka, .*KafkaMirrorMaker2 in kafka\.strimzi\.io\/v1/,
            /helm install .* --kube-context bare .*kafka-dr:operator\.install/,
        );
    });

    describe("on the copy of the CA", () => {
        const expected: readonly (readonly [
            what: string,
            certificate: { readonly days: number; readonly source: string; readonly copy: string },
            message: RegExp | undefined,
            nextStep: RegExp,
        ])[] = [
            [
                "find nothing when it is up to date",
                { days: 365, source: "3", copy: "3" },
                undefined,
                /^/,
            ],
            [
                "report that it is outdated",
                { days: 365, source: "3", copy: "2" },
                /has generation 2, the source has generation 3/,
                /This update refreshes the copy/,
            ],
            [
                "report that the CA expires soon",
                { days: 10, source: "3", copy: "3" },
                /CA certificate expires on \d{4}-\d\d-\d\d/,
                /kafka-dr:caCopy\.method/,
            ],
        ];
        for (const [
            index,
            [what, { days, source, copy }, message, nextStep],
        ] of expected.entries()) {
            it(what, async () => {
                const namespaces = await prepared(`preflight-ca-${index}`);
                const { certificates } = await CertificateAuthority.create("cluster-ca", days);
                const secret = (namespace: string, name: string, annotations: object) => ({
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: { name, namespace, annotations: { ...annotations } },
                    data: { "ca.crt": Buffer.from(certificates["ca.crt"]!).toString("base64") },
                });
                await new Kubectl(apiServers().source).create(
                    SECRET,
                    secret(namespaces.source, clusterCaSecretName(SOURCE), {
                        [CA_GENERATION_ANNOTATION]: source,
                    }),
                );
                await new Kubectl(apiServers().target).create(
                    SECRET,
                    secret(namespaces.target, caCopySecretName(SOURCE), {
                        [COPIED_CA_GENERATION_ANNOTATION]: copy,
                    }),
                );
                const findings = await findingsOf(namespaces);
                if (message === undefined) {
                    assert.deepEqual(findings, []);
                } else {
                    expectOne(findings, "warning", message, nextStep);
                }
            });
        }
    });
});

/** The access of each user at another URL. */
function accessAt({ access }: ApiServer, server: string): ApiServer["access"] {
    return {
        deployer: { ...access.deployer, server },
        operator: { ...access.operator, server },
    };
}

/** Creates the Deployment of Strimzi's operator like its Helm chart, with a ready replica. */
async function runOperator(kubectl: Kubectl, name: string, watched: string): Promise<void> {
    const labels = { app: "strimzi" };
    const container = {
        name: "strimzi-cluster-operator",
        image: "quay.io/strimzi/operator:1.2.0",
        env: [{ name: "STRIMZI_NAMESPACE", value: watched }],
    };
    await kubectl.create(DEPLOYMENT, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace: OPERATORS, labels },
        spec: {
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [container] } },
        },
    });
    const status = { replicas: 1, readyReplicas: 1 };
    await kubectl.patch(DEPLOYMENT, `${OPERATORS}/${name}`, { status }, "status");
}
