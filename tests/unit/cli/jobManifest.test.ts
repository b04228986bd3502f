import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { jobManifest } from "../../../cli/run/jobManifest";
import { jobAccesses } from "../../../cli/run/siteAccess";
import { CommandError } from "../../../cli/shared/commandError";
import { settingsInDirection } from "../../../config/reversed";
import type { KafkaMirrorMaker2Object } from "../../../strimzi/resources";
import { type Change, changed, rawStack } from "../../support/rawSettings";
import { CA_SECRET, READY, recordStack, recordSteps, stepsTo } from "../../support/recordedStack";
import { kubernetesObjects, named, providerOf } from "../../support/registrations";

const IMAGE = `registry.example.com/team/kafka-dr@sha256:${"0".repeat(64)}`;

function settingsOf(...changes: Change[]) {
    return parseSettings(changed(rawStack("prod"), ...changes), "Pulumi.prod.yaml").settings;
}

/** MM2 as the program deploys it with these settings. */
async function deployed(...changes: Change[]): Promise<KafkaMirrorMaker2Object> {
    const result = await recordStack("prod", { changes });
    return named(result, "kafka-dr-mirror-mm2").inputs as unknown as KafkaMirrorMaker2Object;
}

async function accessesOf(changes: Change[], as?: string) {
    return jobAccesses(settingsOf(...changes), await deployed(...changes), as);
}

async function manifestOf(args: readonly string[], changes: Change[] = []) {
    return jobManifest({
        settings: settingsOf(...changes),
        args,
        accesses: await accessesOf(changes),
        suffix: "x2x4z",
        image: IMAGE,
        stackFile: { name: "Pulumi.prod.yaml", text: "config: {}\n" },
    });
}

const EXISTING: Change[] = [
    ["users", []],
    [
        "source",
        {
            managed: false,
            name: "legacy",
            namespace: "legacy",
            context: "legacy",
            bootstrapServers: "legacy.example.com:9093",
            authentication: {
                type: "scram-sha-512",
                username: "reader",
                passwordSecret: { secretName: "legacy-reader", password: "pw" },
            },
        },
    ],
];

describe("the Job of a command", () => {
    it("has one attempt, and a time after which Kubernetes deletes it", async () => {
        const { metadata, spec } = await manifestOf(["verify", "--json"]);
        assert.equal(metadata.name, "my-mm2-cluster-verify-x2x4z");
        assert.equal(metadata.namespace, "kafka");
        assert.equal(spec.backoffLimit, 0);
        assert.equal(spec.template.spec.restartPolicy, "Never");
        assert.equal(spec.ttlSecondsAfterFinished, 600);
        assert.equal(spec.activeDeadlineSeconds, 21_600);
        assert.deepEqual(spec.template.metadata.labels, {
            "app.kubernetes.io/name": "kafka-dr-commands",
            "app.kubernetes.io/instance": "my-mm2-cluster",
            "app.kubernetes.io/component": "verify",
            "app.kubernetes.io/part-of": "kafka-dr",
            "app.kubernetes.io/managed-by": "kafka-dr",
        });
    });

    it("has a valid name and valid labels for every command", async () => {
        const long: Change[] = [["mirror/name", "m".repeat(38)]];
        for (const command of ["verify", "Not a command!", "-", "x".repeat(200)]) {
            const { metadata } = await manifestOf([command], long);
            assert.match(metadata.name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
            assert(metadata.name.length <= 56, "a pod's name has 7 more");
            for (const value of Object.values(metadata.labels)) {
                assert.match(value, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
            }
        }
    });

    it("has no token, secrets only in volumes, and arguments with the paths of their files", async () => {
        const { spec } = (await manifestOf(["verify", "--json"])).spec.template;
        const [container] = spec.containers;
        assert.equal(spec.automountServiceAccountToken, false);
        assert.deepEqual(container!.env, [{ name: "TMPDIR", value: "/tmp" }]);
        assert.deepEqual(container!.args, [
            "verify",
            "--json",
            "--source-bootstrap",
            "203.0.113.7:9094",
            "--source-ca",
            "/etc/kafka-dr/source/ca",
            "--source-user",
            "my-mm2-cluster-commands-source-1",
            "--source-password-file",
            "/etc/kafka-dr/source/user/password",
            "--target-bootstrap",
            "my-cluster-tgt-kafka-bootstrap.kafka.svc:9093",
            "--target-ca",
            "/etc/kafka-dr/target/ca",
            "--target-user",
            "my-mm2-cluster-commands-target-1",
            "--target-password-file",
            "/etc/kafka-dr/target/user/password",
        ]);
        assert.deepEqual(
            spec.volumes.flatMap((volume) => ("secret" in volume ? [volume.secret] : [])),
            [
                { secretName: "my-cluster-cluster-ca-cert-copy", defaultMode: 0o444 },
                {
                    secretName: "my-mm2-cluster-commands-source-1-password",
                    defaultMode: 0o444,
                    items: [{ key: "password", path: "password" }],
                },
                { secretName: "my-cluster-tgt-cluster-ca-cert", defaultMode: 0o444 },
                {
                    secretName: "my-mm2-cluster-commands-target-1-password",
                    defaultMode: 0o444,
                    items: [{ key: "password", path: "password" }],
                },
            ],
        );
        const mounted = container!.volumeMounts.map(({ name }) => name).sort();
        assert.deepEqual(mounted, spec.volumes.map(({ name }) => name).sort());
    });

    it("writes only to /tmp, and has requests and a memory limit", async () => {
        const [container] = (await manifestOf(["verify"])).spec.template.spec.containers;
        assert.equal(container!.securityContext.readOnlyRootFilesystem, true);
        const writable = container!.volumeMounts.filter((mount) => !("readOnly" in mount));
        assert.deepEqual(writable, [{ name: "tmp", mountPath: "/tmp" }]);
        assert.deepEqual(container!.resources, {
            requests: { cpu: "100m", memory: "1Gi" },
            limits: { memory: "1Gi" },
        });
    });

    it("needs an image, from the settings or as an option", async () => {
        const build = {
            settings: settingsOf(),
            args: ["verify"],
            accesses: await accessesOf([]),
            suffix: "x2x4z",
        };
        assert.throws(
            () => jobManifest(build),
            (error) => error instanceof CommandError && error.exitCode === 2,
        );
        const settings = settingsOf(["images", { commands: IMAGE }]);
        const imageOf = (image?: string) =>
            jobManifest({ ...build, settings, ...(image !== undefined && { image }) }).spec.template
                .spec.containers[0]!.image;
        assert.equal(imageOf(), IMAGE);
        assert.equal(imageOf("kafka-dr:local"), "kafka-dr:local");
    });
});

describe("the connections of a command's Job", () => {
    it("use client certificates if the listeners of MM2 require them", async () => {
        const changes: Change[] = [
            ["source/listeners/1/authentication", "tls"],
            ["target/listeners", [{ name: "tls", port: 9093, authentication: "tls" }]],
            ["users", []],
        ];
        const settings = settingsOf(...changes);
        const { source, target } = jobAccesses(settings, await deployed());
        const keys = { certificateKey: "user.crt", privateKeyKey: "user.key" };
        assert.deepEqual(source.credentials, {
            type: "certificate",
            secretName: "my-mm2-cluster-commands-source-1-copy",
            ...keys,
        });
        assert.deepEqual(target.credentials, {
            type: "certificate",
            secretName: "my-mm2-cluster-commands-target-1",
            ...keys,
        });
    });

    it("use the credentials of MM2 and the system's CAs for a cluster that the stack does not manage", async () => {
        const { source } = await accessesOf(EXISTING);
        assert.deepEqual(source, {
            bootstrapServers: "legacy.example.com:9093",
            ca: "system",
            credentials: {
                type: "password",
                user: "reader",
                secretName: "legacy-reader",
                passwordKey: "pw",
            },
        });
        const job = await manifestOf(["verify"], EXISTING);
        const { args } = job.spec.template.spec.containers[0]!;
        assert.equal(args[args.indexOf("--source-ca") + 1], "system");
    });

    it("use a user of the settings only at the active site", async () => {
        const { source, target } = await accessesOf([], "my-app");
        assert.deepEqual(source.credentials, {
            type: "password",
            user: "my-app",
            secretName: "my-app",
            passwordKey: "password",
        });
        assert.equal(
            target.credentials?.type === "password" && target.credentials.user,
            "my-mm2-cluster-commands-target-1",
        );
    });

    for (const authentication of ["scram-sha-512", "tls"] as const) {
        it(`use the Secrets next to the reverse mirror: ${authentication}`, async () => {
            const changes: Change[] = [
                ["source/listeners/1/authentication", authentication],
                ["target/listeners/1/authentication", authentication],
                ["users", []],
            ];
            const certificate = CA_SECRET.data["ca.crt"];
            const outputs = {
                ...CA_SECRET,
                data: { ...CA_SECRET.data, "user.crt": certificate, "user.key": certificate },
            };
            const result = await recordSteps("prod", stepsTo("failing-back"), {
                changes,
                backend: { ...READY, reads: [{ type: "kubernetes:core/v1:Secret", outputs }] },
            });
            const mirrorMaker = named(result, "kafka-dr-reverse-mirror-mm2")
                .inputs as unknown as KafkaMirrorMaker2Object;
            const settings = settingsInDirection(settingsOf(...changes), "reverse", 1);
            const accesses = jobAccesses(settings, mirrorMaker);
            assert.deepEqual(
                [accesses.source.bootstrapServers, accesses.target.bootstrapServers],
                [
                    mirrorMaker.spec.mirrors[0]!.source.bootstrapServers,
                    mirrorMaker.spec.target.bootstrapServers,
                ],
            );
            const objectsAtSource = new Set(
                kubernetesObjects(result)
                    .filter((object) => providerOf(object) === "kubernetes-source")
                    .map(({ inputs }) => (inputs.metadata as { name?: string }).name),
            );
            // Strimzi creates these with the cluster and with the user.
            const made = new Set(["my-cluster-cluster-ca-cert"]);
            for (const { ca, credentials } of Object.values(accesses)) {
                assert(typeof ca === "object");
                for (const name of [ca.secretName, credentials!.secretName]) {
                    assert(objectsAtSource.has(name) || made.has(name), name);
                }
            }
            assert.match(
                accesses.source.credentials!.secretName,
                /^my-mm2-cluster-reverse-commands-source-1-(password|copy)$/,
            );
            const job = jobManifest({
                settings,
                args: ["operation", "progress", "[]"],
                accesses,
                suffix: "x2x4z",
                image: IMAGE,
            });
            assert.equal(job.metadata.namespace, settings.target.namespace);
            assert(job.metadata.name.startsWith("my-mm2-cluster-reverse-operation-"));
        });
    }

    const refused: readonly (readonly [string, Change[], string | undefined, RegExp])[] = [
        ["an unknown user", [], "your-app", /"your-app".* its users: my-app\.$/],
        [
            "a listener that does not accept passwords",
            [["source/listeners/1/authentication", "tls"]],
            "my-app",
            /listener "external" of the source does not accept passwords: its authentication is tls/,
        ],
        ["another mirror", [["source/alias", "other"]], undefined, /does not mirror from "other"/],
    ];
    for (const [what, changes, as, message] of refused) {
        it(`rejects ${what}`, async () => {
            const mirrorMaker = await deployed();
            assert.throws(
                () => jobAccesses(settingsOf(...changes), mirrorMaker, as),
                (error) =>
                    error instanceof CommandError &&
                    error.exitCode === 2 &&
                    message.test(error.message),
            );
        });
    }
});
