import assert from "node:assert/strict";
import type { Registration } from "../../engine";
import { type ApiClient, ApiError } from "../../cli/shared/kubernetes/apiClient";
import { apiClient, type KubernetesObject } from "../support/kubernetes";
import { waitFor } from "../../lab/process/wait";
import { caCopySecretName, clusterCaSecretName } from "../../strimzi/builders/names";
import { type Change, changed } from "../support/rawSettings";
import { installCrds } from "./apiServers/apiServers";
import { externalSecretsCrds } from "./apiServers/externalSecretsCrds";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { ExternalSecretsOperator } from "./operator/externalSecretsOperator";
import { TokenController } from "./operator/tokenController";
import {
    auditPositions,
    contextOf,
    deploy,
    Kubectl,
    kubernetesObjects,
    namespacesFor,
    namespacesOf,
    requestsSince,
    stackOnApiServers,
} from "./support/stacks";
import { newState } from "./support/stackBackend";
import { handshake } from "./support/tls";

const SECRET = "kubernetes:core/v1:Secret";
const STORE = "kubernetes:external-secrets.io/v1:SecretStore";
const EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const SOURCE = "my-cluster";
const ORIGINAL = clusterCaSecretName(SOURCE);
const COPY = caCopySecretName(SOURCE);
const READER = `${COPY}-reader`;
const COPY_TIMEOUT_MS = 300_000;

describeOnApiServers("the CA's copy by the External Secrets Operator", (apiServers) => {
    const controllers: { stop(): Promise<void> }[] = [];

    before(async () => {
        const crds = await externalSecretsCrds();
        const { source, target } = apiServers();
        await Promise.all([source, target].map((server) => installCrds(server, crds)));
        for (const server of [source, target]) {
            controllers.push(new TokenController(server), new ExternalSecretsOperator(server));
        }
    });

    after(async () => {
        await Promise.all(controllers.map((controller) => controller.stop()));
    });

    /** A stack of the repository with this method, and the cluster of the copy. */
    async function stackWith(stack: "dev" | "prod", test: string) {
        const namespaces =
            stack === "dev" ? namespacesOf(test) : await namespacesFor(apiServers(), test);
        const { source, target } = apiServers();
        const changes: Change[] = [
            ["caCopy/method", "external-secrets"],
            ["readinessTimeouts", { kafkaSeconds: 30 }],
            ...(stack === "prod"
                ? [["caCopy/sourceApiServer", source.access.deployer.server] as const]
                : []),
        ];
        const kubectl = new Kubectl(stack === "dev" ? source : target);
        return {
            namespaces,
            kubectl,
            file: stackOnApiServers(stack, apiServers(), namespaces, changes),
        };
    }

    async function dataOf(kubectl: Kubectl, id: string): Promise<Record<string, string>> {
        const { data } = await kubectl.get(SECRET, id);
        return Object.fromEntries(
            Object.entries(data as Record<string, string>).map(([key, value]) => [
                key,
                Buffer.from(value, "base64").toString(),
            ]),
        );
    }

    for (const stack of ["dev", "prod"] as const) {
        it(`deploys ${stack}, and copies a replaced key without another run`, async () => {
            const { file, kubectl, namespaces } = await stackWith(stack, `external-${stack}`);
            const state = newState();
            const result = await deploy(file, state);

            const { source, target } = namespaces;
            const own = stack === "dev" ? "source" : "target";
            const places = kubernetesObjects(result)
                .filter(({ type }) => /external-secrets|rbac|ServiceAccount/.test(type))
                .map((object) => `${object.type.split(":").at(-1)} ${contextOf(result, object)}`);
            assert.deepEqual(places.sort(), [
                `ExternalSecret ${own}`,
                "Role source",
                "RoleBinding source",
                `SecretStore ${own}`,
                "ServiceAccount source",
            ]);
            assert.deepEqual(result.reads, [], "Pulumi sees no certificate");
            assert.equal(result.outputs.sourceCaCopySecretName, COPY);
            assert.equal((result.outputs.connectorStates as unknown[]).length, 2);
            const id = `${target}/${COPY}`;
            const ca = apiServers().operators.source.clusterCa(source, SOURCE);
            const stale = await dataOf(kubectl, id);
            assert.deepEqual(stale, ca.certificates);

            const before = auditPositions(apiServers());
            await ca.replaceKey();
            await apiServers().operators.source.publishCa(source, SOURCE);
            const fresh = await waitFor(
                "the copy has both certificates",
                async () => {
                    const data = await dataOf(kubectl, id);
                    return Object.keys(data).length === 2 ? data : undefined;
                },
                { timeoutMs: COPY_TIMEOUT_MS },
            );
            assert.deepEqual(fresh, ca.certificates);
            const broker = await ca.issue("broker");
            assert.notEqual(await handshake(broker, Object.values(stale)), "trusted");
            assert.equal(await handshake(broker, Object.values(fresh)), "trusted");
            const oldBroker = await ca.issue("broker", "old");
            assert.equal(await handshake(oldBroker, Object.values(fresh)), "trusted");
            assert.deepEqual(requestsSince(apiServers(), before), [], "the program did not run");

            await deploy(file, state);
            const writes = requestsSince(apiServers(), before).filter((request) => request.writes);
            assert.deepEqual(writes, [], "the next run has nothing to do");
        });
    }

    it("previews without a write and without a token", async () => {
        const { file } = await stackWith("prod", "external-preview");
        const before = auditPositions(apiServers());
        await deploy(file, newState(), { preview: true });
        const requests = requestsSince(apiServers(), before);
        assert.deepEqual(
            requests.filter(({ writes }) => writes),
            [],
        );
        assert(requests.some(({ uri }) => uri.includes("/externalsecrets?")));
    });

    describe("its reader", () => {
        let reader: ApiClient;
        let namespace: string;
        let role: unknown;

        before(async () => {
            const { file, kubectl, namespaces } = await stackWith("prod", "external-reader");
            await deploy(file, newState());
            namespace = namespaces.source;
            const { token = "", "ca.crt": ca = "" } = await dataOf(
                kubectl,
                `${namespaces.target}/${READER}`,
            );
            reader = apiClient({
                context: "reader",
                server: apiServers().source.access.deployer.server,
                ca,
                token,
            });
            role = (await new Kubectl(apiServers().source).get(ROLE, `${namespace}/${READER}`))
                .rules;
        });

        it("has one right", () => {
            assert.deepEqual(role, [
                {
                    apiGroups: [""],
                    resources: ["secrets"],
                    resourceNames: [ORIGINAL],
                    verbs: ["get"],
                },
            ]);
        });

        it("reads the certificates", async () => {
            const path = `/api/v1/namespaces/${namespace}/secrets/${ORIGINAL}`;
            const { data } = await reader.request<{ data: object }>({ path });
            assert("ca.crt" in data);
        });

        const refusals: readonly (readonly [
            what: string,
            request: (secrets: string) => Parameters<ApiClient["request"]>[0],
        ])[] = [
            [
                "read the CA's private key",
                (secrets) => ({ path: `${secrets}/${SOURCE}-cluster-ca` }),
            ],
            ["list Secrets", (secrets) => ({ path: secrets })],
            [
                "watch even that one Secret",
                (secrets) => ({
                    path: secrets,
                    query: { watch: "true", fieldSelector: `metadata.name=${ORIGINAL}` },
                }),
            ],
            [
                "change that one Secret",
                (secrets) => ({
                    method: "PATCH",
                    path: `${secrets}/${ORIGINAL}`,
                    contentType: "application/merge-patch+json",
                    body: { data: { "ca.crt": null } },
                }),
            ],
            [
                "read a Secret of that name elsewhere",
                () => ({ path: `/api/v1/namespaces/default/secrets/${ORIGINAL}` }),
            ],
            [
                "read the Kafka cluster",
                () => ({
                    path: `/apis/kafka.strimzi.io/v1/namespaces/${namespace}/kafkas/${SOURCE}`,
                }),
            ],
        ];
        for (const [what, request] of refusals) {
            it(`may not ${what}`, async () => {
                const secrets = `/api/v1/namespaces/${namespace}/secrets`;
                await assert.rejects(
                    reader.request(request(secrets)),
                    (error) => error instanceof ApiError && error.status === 403,
                );
            });
        }
    });

    describe("its objects, by the operator's CRDs", () => {
        let kubectl: Kubectl;
        let registrations: readonly Registration[];

        before(async () => {
            const stack = await stackWith("prod", "external-invalid");
            kubectl = stack.kubectl;
            ({ registrations } = await deploy(stack.file, newState(), { preview: true }));
        });

        const refusals: readonly (readonly [string, string, Change, RegExp])[] = [
            [STORE, "an unknown field", ["spec/nonsense", 1], /unknown field "spec.nonsense"/],
            [
                STORE,
                "an authority of an unknown type",
                ["spec/provider/kubernetes/server/caProvider/type", "File"],
                /Unsupported value: "File"/,
            ],
            [EXTERNAL_SECRET, "an unknown field", ["spec/nonsense", 1], /unknown field/],
            [
                EXTERNAL_SECRET,
                "an unknown policy",
                ["spec/target/creationPolicy", "Sometimes"],
                /Unsupported value: "Sometimes"/,
            ],
        ];
        for (const [type, what, change, expected] of refusals) {
            it(`are rejected with ${what}: ${type.split(":").at(-1)}`, async () => {
                const found = registrations.find((registration) => registration.type === type);
                assert(found !== undefined);
                const object = changed(found.inputs, change) as unknown as KubernetesObject;
                await assert.rejects(kubectl.create(type, object, true), expected);
            });
        }
    });
});
