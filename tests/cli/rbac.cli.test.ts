import assert from "node:assert/strict";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { KubernetesObject } from "../support/kubernetes";
import { deployerPermissions } from "../../rbac/deployerPermissions";
import { deployerRoles } from "../../rbac/roles";
import type { AuditedRequest } from "../cluster/apiServers/auditLog";
import { attributesOf, isFor } from "../cluster/support/rights";
import {
    type DeployingAccount,
    deployingAccount,
    kubeconfigFor,
} from "../cluster/support/serviceAccount";
import { namespacesOf } from "../cluster/support/stacks";
import type { Change } from "../support/rawSettings";
import { assertSucceeded, changes } from "./support/assertions";
import { Administrator, pathOf } from "./support/cluster";
import { describeWithPulumi } from "./support/describeWithPulumi";
import { settingsOnApiServers } from "./support/settings";

const NAMESPACES = namespacesOf("cli-rbac");
const ROTATION: readonly Change[] = [
    ["mirror/credentialsRevision", 2],
    ["users/0/credentialsRevision", 2],
];

/** Changes to objects of every kind that is updated in place. */
const UPDATE: readonly Change[] = [
    ["source/nodePools/0/jvmHeap", "900m"],
    ["target/nodePools/0/jvmHeap", "3g"],
    ["source/config/log.retention.hours", 24],
    ["target/config/log.retention.hours", 24],
    ["topics", [{ name: "my-topic", partitions: 6 }]],
    ["users/0/consumes", [{ name: "other-topic" }]],
    ["mirror/tasksMax", 5],
    ["networkPolicies/restApiFrom", [{ podSelector: {} }]],
];

/** Pulumi shows Warning events of the objects that it waits for, if it may read them. */
function isOfEvents({ uri }: AuditedRequest): boolean {
    return uri.includes("/events?");
}

describeWithPulumi("the real provider with the printed roles", "prod", (world) => {
    let base: readonly Change[];
    let accounts: readonly DeployingAccount[];
    let positions: ReadonlyMap<string, number>;
    let clusters: ReturnType<typeof deployerPermissions>;

    const configure = (...further: readonly Change[]) =>
        world().stack.configure(
            settingsOnApiServers("prod", world().apiServers, NAMESPACES, ...base, ...further),
        );

    before(async () => {
        const { apiServers } = world();
        const uids = new Map<string, string | undefined>();
        for (const name of ["source", "target"] as const) {
            const administrator = new Administrator(apiServers[name]);
            await administrator.createNamespace(NAMESPACES[name]);
            const kubeSystem = await administrator.get<KubernetesObject>(
                pathOf.namespace("kube-system"),
            );
            uids.set(name, kubeSystem.metadata.uid);
        }
        base = [
            ["protect", false],
            ["retainOnDelete", false],
            ["topics", [{ name: "my-topic", partitions: 3 }]],
            ["mirror/tasksMax", 3],
            ["source/kubernetesClusterUid", uids.get("source")],
            ["target/kubernetesClusterUid", uids.get("target")],
        ];
        const raw = settingsOnApiServers("prod", apiServers, NAMESPACES, ...base, ...ROTATION);
        clusters = deployerPermissions(parseSettings(raw, "Pulumi.prod.yaml").settings);
        accounts = await Promise.all(
            clusters.map((cluster) =>
                deployingAccount(
                    apiServers[cluster.context as "source" | "target"],
                    "cli-rbac-identity",
                    deployerRoles("cli-rbac", cluster),
                ),
            ),
        );
        const kubeconfig = await kubeconfigFor(
            path.dirname(apiServers.kubeconfig),
            "cli-rbac",
            accounts.map(({ server }) => server),
        );
        base = [...base, ["source/kubeconfig", kubeconfig], ["target/kubeconfig", kubeconfig]];
        positions = new Map(accounts.map(({ server }) => [server.name, server.audit.position]));
    });

    it("previews, comes up, and has nothing to do in a second preview", async () => {
        const { stack } = world();
        await configure();
        assertSucceeded(await stack.preview());
        const up = await stack.up();
        assertSucceeded(up);
        assert.deepEqual(up.warnings, []);
        const preview = await stack.preview();
        assertSucceeded(preview);
        assert.deepEqual(changes(preview), []);
    });

    it("updates in place, refreshes, and moves to new credentials", async () => {
        const { apiServers, stack } = world();
        await apiServers.operators.source.clusterCa(NAMESPACES.source, "my-cluster").renew();
        await apiServers.operators.source.publishCa(NAMESPACES.source, "my-cluster");
        await configure(...UPDATE);
        assertSucceeded(await stack.preview());
        assertSucceeded(await stack.up());
        assertSucceeded(await stack.refresh());
        await configure(...UPDATE, ...ROTATION);
        const rotation = await stack.up();
        assertSucceeded(rotation);
        assert(rotation.steps.some(({ op }) => op === "delete"));
    });

    it("destroys everything", async () => {
        const { stack } = world();
        assertSucceeded(await stack.destroy());
        assert.deepEqual(await stack.resources(), []);
    });

    it("was refused only to read Events", () => {
        for (const { server, user } of accounts) {
            const asked = server.audit.since(positions.get(server.name)!, user);
            assert(asked.length > 0);
            assert.deepEqual(
                asked.filter((request) => request.status === 403 && !isOfEvents(request)),
                [],
            );
        }
    });

    it("used every verb of every rule, except those that this server or no setting needs", () => {
        const unused = clusters.flatMap(({ context, permissions }) => {
            const { server, user } = accounts.find((account) => account.server.name === context)!;
            const asked = server.audit
                .since(positions.get(server.name)!, user)
                .filter(({ status }) => status < 400)
                .map(attributesOf);
            return permissions
                .filter(({ when }) => when !== "preflight")
                .flatMap((permission) =>
                    permission.verbs
                        // A server that streams its lists, as 1.34 does, is sent a watch alone.
                        .filter((verb) => verb !== "list")
                        .filter((verb) => !asked.some((one) => isFor(permission, verb, one)))
                        .map((verb) => `${context}: ${verb} ${permission.resource}`),
                );
        });
        const verbs = ["create", "get", "patch", "delete", "watch"];
        assert.deepEqual(unused, [
            // Metrics rules come with this stack's version, passwords under new names.
            "source: patch configmaps",
            "source: patch secrets",
            // The mirror back, and the certificate that it may take from the target.
            ...verbs.map((verb) => `source: ${verb} kafkamirrormaker2s`),
            ...verbs.map((verb) => `source: ${verb} networkpolicies`),
            "target: patch configmaps",
            "target: get secrets",
        ]);
    });
});
