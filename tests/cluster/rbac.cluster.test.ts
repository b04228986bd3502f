import assert from "node:assert/strict";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { Settings, SiteName } from "../../config/settingsSchema";
import { inspectCluster } from "../../cli/preflight/inspect";
import { kubeConfigOf } from "../../cli/shared/kubernetes/kubeConfig";
import type { StackFile } from "../../config/stackFile";
import { type ClusterPermissions, deployerPermissions } from "../../rbac/deployerPermissions";
import { deployerRoles } from "../../rbac/roles";
import { type Change, changed, rawStack } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import type { AuditedRequest } from "./apiServers/auditLog";
import { NamespaceController } from "./operator/namespaceController";
import {
    attributesOf,
    doAgain,
    forbidden,
    inWords,
    isFor,
    verbGroups,
    without,
    workFor,
} from "./support/rights";
import { type DeployingAccount, deployingAccount, kubeconfigFor } from "./support/serviceAccount";
import { newState, type StackState } from "./support/stackBackend";
import {
    auditPositions,
    deploy,
    destroy,
    Kubectl,
    type Namespaces,
    namespacesFor,
    namespacesOf,
    onApiServers,
    stackOnApiServers,
} from "./support/stacks";

type Stack = "dev" | "prod";
type Context = "source" | "target";

const ROTATION: readonly Change[] = [
    ["mirror/credentialsRevision", 2],
    ["users/0/credentialsRevision", 2],
];

describeOnApiServers("the identity that deploys", (apiServers) => {
    const controllers: NamespaceController[] = [];
    /** Settings with which a program has as many kinds of objects as possible; `prod` retains its data. */
    let changes: Readonly<Record<Stack, readonly Change[]>>;

    before(async () => {
        const servers = [apiServers().source, apiServers().target];
        controllers.push(...servers.map((server) => new NamespaceController(server)));
        const [source, target] = await Promise.all(
            servers.map((server) =>
                new Kubectl(server).get("kubernetes:core/v1:Namespace", "kube-system"),
            ),
        );
        changes = {
            dev: [],
            prod: [
                ["protect", false],
                ["topics", [{ name: "my-topic", partitions: 3 }]],
                ["source/kubernetesClusterUid", source?.metadata.uid],
                ["target/kubernetesClusterUid", target?.metadata.uid],
            ],
        };
    });

    after(async () => {
        await Promise.all(controllers.map((controller) => controller.stop()));
    });

    function settingsOf(stack: Stack, namespaces: Namespaces, further: readonly Change[]) {
        const raw = changed(
            rawStack(stack),
            ...onApiServers(stack, apiServers(), namespaces),
            ...changes[stack],
            ...further,
        );
        return parseSettings(raw, `Pulumi.${stack}.yaml`).settings;
    }

    /** Creates service accounts with the roles of these permissions, and their kubeconfig. */
    async function accountsFor(name: string, clusters: readonly ClusterPermissions[]) {
        const accounts = await Promise.all(
            clusters.map((cluster) =>
                deployingAccount(
                    apiServers()[cluster.context as Context],
                    `${name}-identity`,
                    deployerRoles(name, cluster),
                ),
            ),
        );
        const folder = path.dirname(apiServers().kubeconfig);
        const restricted = new Map(accounts.map(({ server }) => [server.name, server]));
        const servers = [apiServers().source, apiServers().target].map(
            (server) => restricted.get(server.name) ?? server,
        );
        return { accounts, kubeconfig: await kubeconfigFor(folder, name, servers) };
    }

    function fileFor(
        stack: Stack,
        kubeconfig: string,
        namespaces: Namespaces,
        further: readonly Change[],
    ): StackFile {
        return stackOnApiServers(stack, { ...apiServers(), kubeconfig }, namespaces, [
            ...changes[stack],
            ...further,
        ]);
    }

    /** The requests of the accounts since a position, by context. */
    function requestsOf(
        accounts: readonly DeployingAccount[],
        positions: Readonly<Record<Context, number>>,
    ): Map<string, AuditedRequest[]> {
        return new Map(
            accounts.map(({ server, user }) => [
                server.name,
                server.audit.since(positions[server.name as Context], user),
            ]),
        );
    }

    for (const stack of ["dev", "prod"] as const) {
        it(`deploys ${stack}, previews, updates, rotates and destroys it, and uses every right`, async () => {
            const name = `rbac-${stack}`;
            const namespaces =
                stack === "dev" ? namespacesOf(name) : await namespacesFor(apiServers(), name);
            const clusters = deployerPermissions(settingsOf(stack, namespaces, ROTATION));
            const { accounts, kubeconfig } = await accountsFor(name, clusters);
            const file = fileFor(stack, kubeconfig, namespaces, []);
            const rotated = fileFor(stack, kubeconfig, namespaces, ROTATION);
            const positions = auditPositions(apiServers());

            const state = newState();
            await deploy(file, state, { preview: true });
            await deploy(file, state);
            await deploy(file, state, { preview: true });
            writeAgain(state);
            await deploy(file, state);
            await deploy(rotated, state);
            const inPhase = (phase: string) =>
                fileFor(stack, kubeconfig, namespaces, [...ROTATION, ["phase", phase]]);
            await deploy(inPhase("failed-over"), state);
            await deploy(inPhase("failing-back"), state);
            writeAgain(state);
            await deploy(inPhase("failing-back"), state);
            await destroy(state);

            const requests = requestsOf(accounts, positions);
            for (const [context, asked] of requests) {
                assert(asked.length > 0);
                assert.deepEqual(
                    asked.filter(({ status }) => status === 403),
                    [],
                    context,
                );
            }
            for (const { context, permissions } of clusters) {
                const asked = (requests.get(context) ?? []).map(attributesOf);
                const unused = permissions
                    .filter(({ when }) => when !== "preflight")
                    .flatMap((permission) =>
                        permission.verbs
                            .filter((verb) => !asked.some((one) => isFor(permission, verb, one)))
                            .map((verb) => `${context}: ${verb} ${permission.resource}`),
                    );
                assert.deepEqual(unused, []);
            }
        });
    }

    it("gets a clear refusal without any one of its rights", async () => {
        const further: Change[] = [["retainOnDelete", false]];
        const name = "rbac-without";
        const namespaces = await namespacesFor(apiServers(), name);
        const whole = deployerPermissions(settingsOf("prod", namespaces, further));
        const cases = whole.flatMap(({ context, permissions }) =>
            permissions
                .filter(({ when }) => when !== "preflight")
                .flatMap((permission) =>
                    verbGroups(permission).map((verbs) => ({ context, permission, verbs })),
                ),
        );
        assert(cases.length > 50);
        const inPhase = (phase: string) =>
            fileFor("prod", apiServers().kubeconfig, namespaces, [...further, ["phase", phase]]);
        /** In the phase with the most objects; a pair without a phase record starts from the beginning. */
        const deployAll = async (state: StackState) => {
            const hasRecord = [...state.kubernetes.keys()].some((urn) =>
                urn.endsWith("::kafka-dr-phase"),
            );
            if (!hasRecord) {
                await deploy(inPhase("mirroring"), state);
                await deploy(inPhase("failed-over"), state);
            }
            return deploy(inPhase("failing-back"), state);
        };
        const deployed = newState();
        const result = await deployAll(deployed);
        for (const [index, { context, permission, verbs }] of cases.entries()) {
            const rest = whole
                .filter((cluster) => cluster.context === context)
                .map((cluster) => ({
                    ...cluster,
                    permissions: without(
                        cluster.permissions,
                        verbs,
                        (found) => found === permission,
                    ),
                }));
            const { kubeconfig } = await accountsFor(`${name}-${index}`, rest);
            const work = workFor(deployed, context, permission, verbs, kubeconfig);
            await assert.rejects(
                work.destroys ? destroy(work.state) : doAgain(result, work.state, kubeconfig),
                forbidden(permission, verbs[0]!),
                `${context}: ${inWords(permission)} without ${verbs.join()}`,
            );
            if (work.destroys && verbs[0] !== "delete") {
                // The object is gone: only the wait was refused.
                work.urns.forEach((urn) => deployed.kubernetes.delete(urn));
                await deployAll(deployed);
            }
        }
    });

    describe("inspects the Kubernetes cluster before Pulumi starts", () => {
        const seen: readonly (readonly [
            what: string,
            resource: string | undefined,
            namespaced: boolean,
            missing: readonly string[],
        ])[] = [
            ["with the role of the preflight", undefined, false, []],
            ["but not its identity without that rule", "namespaces", false, ["uid"]],
            ["but not its namespace without that rule", "namespaces", true, ["namespaces"]],
            ["but not operators without that rule", "deployments", false, ["operators"]],
        ];
        for (const [index, [what, resource, namespaced, missing]] of seen.entries()) {
            it(what, async () => {
                const name = `rbac-preflight-${index}`;
                const namespaces = await namespacesFor(apiServers(), name);
                const unpinned: Change[] = [["source/kubernetesClusterUid", undefined]];
                const settings = settingsOf("prod", namespaces, unpinned);
                const clusters = deployerPermissions(settings).map((cluster) => ({
                    ...cluster,
                    permissions: cluster.permissions.filter(
                        (permission) =>
                            permission.when === "preflight" &&
                            !(
                                permission.resource === resource &&
                                (permission.namespace !== undefined) === namespaced
                            ),
                    ),
                }));
                const { kubeconfig } = await accountsFor(name, clusters);
                const inspected = await inspectSource(settings, kubeconfig);
                assert.deepEqual(
                    Object.entries(inspected).flatMap(([key, value]) =>
                        value === undefined ? [key] : [],
                    ),
                    missing,
                );
            });
        }
    });
});

function inspectSource(settings: Settings, kubeconfig: string) {
    const side: SiteName = "source";
    const site = { ...settings[side], kubeconfig };
    return inspectCluster(side, site, kubeConfigOf(side, site));
}

/** Marks every object for an update, as after an interrupted run. */
function writeAgain({ kubernetes }: StackState): void {
    for (const [urn, known] of kubernetes) {
        kubernetes.set(urn, { ...known, ready: false });
    }
}
