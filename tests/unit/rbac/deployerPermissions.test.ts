import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../config/parseSettings";
import type { Phase } from "../../../config/phase";
import type { Settings } from "../../../config/settingsSchema";
import { SettingsError } from "../../../config/problem";
import { runProgram } from "../../../engine";
import { deployerPermissions, notCovered } from "../../../rbac/deployerPermissions";
import type { Permission } from "../../../rbac/permission";
import { program } from "../../../program";
import certificates from "../../support/caCertificates.json";
import { ListeningBackend } from "../../support/listeningBackend";
import { type Change, changed, type RawSettings, rawStack } from "../../support/rawSettings";
import { allows, inWords, needsOf, permissionsByContext } from "./coverage";

interface Visit {
    readonly config: readonly (readonly [string, string])[];
    /** The previous phase. */
    readonly from?: Phase;
}

/** The phases whose objects differ from those of mirroring: the roles cover all of them. */
function visits({ mirror }: Settings): Visit[] {
    const next = { ...mirror, epoch: mirror.epoch + 1 };
    return mirror.replicationPolicy === "identity"
        ? [
              { config: [] },
              { from: "failed-over", config: [["kafka-dr:phase", "failing-back"]] },
              {
                  from: "draining-back",
                  config: [
                      ["kafka-dr:phase", "resuming"],
                      ["kafka-dr:mirror", JSON.stringify(next)],
                  ],
              },
          ]
        : [{ config: [] }];
}

/** The requests of the program with these settings, and the rights of the deploying identity. */
async function compared(raw: RawSettings) {
    const config = Object.entries(raw).map(
        ([key, value]) => [`kafka-dr:${key}`, JSON.stringify(value)] as const,
    );
    const { settings } = parseSettings(structuredClone(raw), "Pulumi.test.yaml");
    const { source, target } = settings;
    const uids = Object.fromEntries(
        [source, target].flatMap(({ context, kubernetesClusterUid: uid }) =>
            uid === undefined ? [] : [[context, uid] as const],
        ),
    );
    const results = await Promise.all(
        visits(settings).map((visit) => {
            const data = { phase: visit.from, epoch: String(settings.mirror.epoch) };
            const record = { name: "kafka-dr-phase", inputs: { data } };
            return runProgram(program, {
                project: "kafka-dr",
                stack: "test",
                config: Object.fromEntries([...config, ...visit.config]),
                backend: new ListeningBackend(uids, visit.from && [record]),
            });
        }),
    );
    const needs = results.flatMap(needsOf);
    const permissions = permissionsByContext(raw);
    const missing = needs.filter(
        (need) => !permissions.get(need.context)?.some((permission) => allows(permission, need)),
    );
    const unused = [...permissions].flatMap(([context, found]) =>
        found
            .filter(({ when }) => when !== "preflight")
            .flatMap((permission) => atoms(permission))
            .filter((atom) => !needs.some((need) => need.context === context && allows(atom, need)))
            .map(({ verbs, resource, resourceNames }) =>
                [context, verbs, resource, resourceNames ?? ""].join(" "),
            ),
    );
    return { missing: missing.map(inWords), unused };
}

/** Splits a permission into single verbs on single names. */
function atoms(permission: Permission): Permission[] {
    const { resourceNames, verbs } = permission;
    return verbs.flatMap((verb) =>
        resourceNames === undefined
            ? [{ ...permission, verbs: [verb] }]
            : resourceNames.map((name) => ({
                  ...permission,
                  verbs: [verb],
                  resourceNames: [name],
              })),
    );
}

function isAccepted(raw: RawSettings): boolean {
    try {
        parseSettings(structuredClone(raw), "Pulumi.test.yaml");
        return true;
    } catch (error) {
        assert(error instanceof SettingsError);
        return false;
    }
}

const PEM = Buffer.from(certificates.current, "base64").toString();
const UID = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
const authentication = fc.constantFrom("scram-sha-512", "tls");
/** Values of settings that change the registered objects, by path. */
const choices: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    retainOnDelete: fc.boolean(),
    topics: fc.subarray([{ name: "orders", partitions: 3 }]),
    users: fc.subarray([{ name: "one" }, { name: "two" }]),
    "source/metrics": fc.boolean(),
    "target/metrics": fc.boolean(),
    "mirror/metrics": fc.boolean(),
    "networkPolicies/enabled": fc.boolean(),
    "source/createNamespace": fc.boolean(),
    "target/createNamespace": fc.boolean(),
    "target/context": fc.constantFrom("prod-primary", "prod-standby"),
    "target/namespace": fc.constantFrom("kafka", "kafka-standby"),
    "source/kubernetesClusterUid": fc.constantFrom(undefined, UID),
    "caCopy/method": fc.constantFrom("pulumi", "external-secrets"),
    "source/listeners/0/authentication": authentication,
    "source/listeners/1/authentication": authentication,
    "target/listeners": fc.constant([
        { name: "tls", port: 9093 },
        { name: "certs", port: 9095, authentication: "tls" },
        // For the mirror back to a source in another Kubernetes cluster.
        { name: "external", port: 9094, type: "loadbalancer" },
    ]),
    "mirror/targetListener": fc.constantFrom(undefined, "certs"),
};
const combinations = fc
    .record(choices)
    .map((chosen) =>
        changed(
            rawStack("prod"),
            ["caCopy/sourceApiServer", "https://source:6443"],
            ...Object.entries(chosen),
        ),
    );

const legacy = (ca: object): Change[] => [
    ["users", []],
    [
        "source",
        {
            managed: false,
            name: "legacy",
            namespace: "legacy",
            context: "legacy",
            bootstrapServers: "legacy.example.com:9093",
            ...ca,
        },
    ],
];

describe("the rights of the deploying identity", function () {
    const cases: readonly (readonly [
        what: string,
        stack: "dev" | "prod",
        changes: readonly Change[],
    ])[] = [
        ["dev", "dev", []],
        ["prod", "prod", []],
        ["prod, its data not retained", "prod", [["retainOnDelete", false]]],
        ["topics", "prod", [["topics", [{ name: "My_Topic", partitions: 3 }]]]],
        [
            "no users, metrics or policies",
            "prod",
            [
                ["users", []],
                ["source/metrics", false],
                ["target/metrics", false],
                ["mirror/metrics", false],
                ["networkPolicies", { enabled: false }],
            ],
        ],
        [
            "pinned Kubernetes clusters",
            "prod",
            [
                ["source/kubernetesClusterUid", UID],
                ["target/kubernetesClusterUid", UID.replace("3", "4")],
            ],
        ],
        [
            "client certificates",
            "prod",
            [
                ["source/listeners/1/authentication", "tls"],
                ["users", []],
            ],
        ],
        [
            "External Secrets",
            "prod",
            [["caCopy", { method: "external-secrets", sourceApiServer: "https://one:6443" }]],
        ],
        [
            "External Secrets in one Kubernetes cluster",
            "dev",
            [["caCopy/method", "external-secrets"]],
        ],
        [
            "one namespace",
            "dev",
            [
                ["users", []],
                ["target/namespace", "kafka-source"],
                ["source/createNamespace", false],
                ["target/createNamespace", false],
            ],
        ],
        ["a source that exists, by its Secret", "prod", legacy({ caSecretName: "legacy-ca" })],
        ["a source that exists, by its certificates", "prod", legacy({ caCertificates: PEM })],
        ["a source that exists, with the system's CAs", "prod", legacy({})],
    ];
    for (const [what, stack, changes] of cases) {
        it(`are exactly those that the program needs: ${what}`, async () => {
            const { missing, unused } = await compared(changed(rawStack(stack), ...changes));
            assert.deepEqual(missing, []);
            assert.deepEqual(unused, []);
        });
    }

    it("suffice for any combination of settings, and contain no others", async () => {
        await fc.assert(
            fc.asyncProperty(combinations.filter(isAccepted), async (raw) => {
                assert.deepEqual(await compared(raw), { missing: [], unused: [] });
            }),
            { numRuns: 15 },
        );
    });

    it("cover the credentials before a rotation as well", () => {
        const raw = changed(
            rawStack("prod"),
            ["mirror/credentialsRevision", 3],
            ["users/0/credentialsRevision", 2],
        );
        const secrets = permissionsByContext(raw)
            .get("prod-primary")!
            .filter(({ resource, verbs }) => resource === "secrets" && verbs.includes("delete"));
        assert.deepEqual(
            secrets.map(({ resourceNames }) => resourceNames),
            [
                [
                    "my-app-1-password",
                    "my-app-2-password",
                    "my-cluster-tgt-cluster-ca-cert-copy",
                    "my-mm2-cluster-commands-source-2-password",
                    "my-mm2-cluster-commands-source-3-password",
                    "my-mm2-cluster-reverse-commands-source-2-password",
                    "my-mm2-cluster-reverse-commands-source-3-password",
                    "my-mm2-cluster-reverse-commands-target-2-password",
                    "my-mm2-cluster-reverse-commands-target-3-password",
                    "my-mm2-cluster-reverse-source-2-password",
                    "my-mm2-cluster-reverse-source-3-password",
                    "my-mm2-cluster-reverse-target-2-password",
                    "my-mm2-cluster-reverse-target-3-password",
                    "my-mm2-cluster-source-2-password",
                    "my-mm2-cluster-source-3-password",
                ],
            ],
        );
    });

    it("include no deletion of retained objects", () => {
        const deletable = (retainOnDelete: boolean) =>
            permissionsByContext(
                changed(rawStack("prod"), ["protect", false], ["retainOnDelete", retainOnDelete]),
            )
                .get("prod-primary")!
                .filter(({ verbs }) => verbs.includes("delete"))
                .map(({ resource }) => resource);
        const always = [
            "configmaps",
            "kafkausers",
            "secrets",
            "kafkamirrormaker2s",
            "networkpolicies",
        ];
        assert.deepEqual(deletable(true), always);
        assert.deepEqual(deletable(false), ["kafkanodepools", "kafkas", ...always]);
    });

    it("read Secrets only by name, except to await a deletion", () => {
        for (const stack of ["dev", "prod"] as const) {
            for (const found of permissionsByContext(rawStack(stack)).values()) {
                const reading = found.filter(
                    ({ resource, verbs, resourceNames }) =>
                        resource === "secrets" &&
                        resourceNames === undefined &&
                        verbs.some((verb) => verb !== "create"),
                );
                assert(reading.length > 0);
                assert(reading.every(({ when }) => when === "secret-deletion"));
            }
        }
    });

    it("are limited to existing namespaces, except for cluster-wide objects", () => {
        const wide = (stack: "dev" | "prod") =>
            [...permissionsByContext(rawStack(stack)).values()]
                .flat()
                .filter(({ namespace }) => namespace === undefined)
                .map(({ resource, when }) => `${resource} ${when}`);
        assert.deepEqual(
            [...new Set(wide("prod"))],
            ["namespaces preflight", "deployments preflight"],
        );
        assert(wide("dev").includes("secrets always"));
        const existing: Change[] = [
            ["source/createNamespace", false],
            ["target/createNamespace", false],
        ];
        const found = permissionsByContext(changed(rawStack("dev"), ...existing));
        assert(
            [...found.values()]
                .flat()
                .every(({ namespace, when }) => namespace !== undefined || when === "preflight"),
        );
    });

    it("do not cover the installation of Strimzi, and report this", () => {
        const settings = (install: boolean) =>
            parseSettings(changed(rawStack("dev"), ["operator", { install }]), "Pulumi.dev.yaml")
                .settings;
        assert.deepEqual(notCovered(settings(false)), []);
        assert.match(
            notCovered(settings(true)).join(),
            /kafka-dr:operator\.install .* cluster-admin/,
        );
        assert(
            deployerPermissions(settings(true)).every(({ permissions }) =>
                permissions.every(({ resource }) => resource !== "deployments"),
            ),
        );
    });
});
