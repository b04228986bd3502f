import assert from "node:assert/strict";
import { unknown } from "../../engine";
import { waitFor } from "../../lab/process/wait";
import { kafkaUser } from "../../strimzi/builders/kafkaUser";
import type { Change } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { newState } from "./support/stackBackend";
import {
    auditPositions,
    deploy,
    Kubectl,
    namespacesFor,
    namespacesOf,
    stackOnApiServers,
} from "./support/stacks";

const SECRET = "kubernetes:core/v1:Secret";
const KAFKA_USER = "kubernetes:kafka.strimzi.io/v1:KafkaUser";
const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const PASSWORD = "random:index/randomPassword:RandomPassword";

interface Status {
    readonly username?: string;
    readonly secret?: string;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
}

describeOnApiServers("users", (apiServers) => {
    const at = (stack: "dev" | "prod") => ({
        source: new Kubectl(apiServers().source),
        target: new Kubectl(stack === "dev" ? apiServers().source : apiServers().target),
    });

    async function stackFor(stack: "dev" | "prod", test: string) {
        const name = `${test}-${stack}`;
        const namespaces =
            stack === "dev" ? namespacesOf(name) : await namespacesFor(apiServers(), name);
        const file = (...changes: readonly Change[]) =>
            stackOnApiServers(stack, apiServers(), namespaces, changes);
        return { namespaces, file };
    }

    async function textOf(kubectl: Kubectl, id: string, key: string): Promise<string | undefined> {
        const secret = await kubectl.find(SECRET, id);
        const value = (secret?.data as Record<string, string> | undefined)?.[key];
        return value === undefined ? undefined : Buffer.from(value, "base64").toString();
    }

    /** All writes to objects of both users since a position, in order. */
    function changesSince(positions: Readonly<Record<"source" | "target", number>>): string[] {
        return (["source", "target"] as const)
            .flatMap((context) =>
                ["deployer", "operator"].flatMap((user) =>
                    apiServers()[context].audit.since(positions[context], user),
                ),
            )
            .filter(({ writes, status }) => writes && status < 300)
            .sort((one, other) => (one.answered < other.answered ? -1 : 1))
            .map(({ user, verb, uri }) => {
                const [path = ""] = uri.split("?");
                const [, kind = "", name = ""] =
                    /\/namespaces\/[^/]+\/([^/]+)\/?(.*)$/.exec(path) ?? [];
                return [user, verb, kind, name].join(" ");
            });
    }

    for (const stack of ["dev", "prod"] as const) {
        it(`of ${stack} move to new credentials while the old ones still work`, async () => {
            const { namespaces, file } = await stackFor(stack, "rotate");
            const { source, target } = at(stack);
            const state = newState();
            await deploy(file(), state);
            const id = `${namespaces.source}/my-app`;
            const before = await textOf(source, id, "password");
            const old = ["source", "target"].map((side) => `my-mm2-cluster-${side}-1`);

            const positions = auditPositions(apiServers());
            await deploy(
                file(["mirror/credentialsRevision", 2], ["users/0/credentialsRevision", 2]),
                state,
            );
            const changes = changesSince(positions);

            const first = (text: string) => {
                const index = changes.indexOf(text);
                assert(index >= 0, `${text} is not among\n${changes.join("\n")}`);
                return index;
            };
            const moved = first("deployer patch kafkamirrormaker2s my-mm2-cluster");
            const ready = first("operator update kafkamirrormaker2s my-mm2-cluster/status");
            for (const side of ["source", "target"]) {
                const user = `my-mm2-cluster-${side}-2`;
                assert(
                    first(`operator update kafkausers ${user}/status`) < moved,
                    `${user} is late`,
                );
                assert(
                    first(`deployer delete kafkausers my-mm2-cluster-${side}-1`) > ready,
                    `the old user of the ${side} went before MM2 had left it`,
                );
            }
            const created = changes.flatMap((text, index) =>
                text.startsWith("deployer create kafkausers") ? [index] : [],
            );
            // The users of MM2 and of the commands; MM2 does not wait for the latter.
            assert.equal(created.length, 4);
            assert(created.filter((index) => index < moved).length >= 2);
            const deletions = changes.filter((text) => text.startsWith("deployer delete secrets"));
            assert.deepEqual(
                [...new Set(deletions)].sort(),
                [
                    "my-app-1",
                    "my-mm2-cluster-commands-source-1",
                    "my-mm2-cluster-commands-target-1",
                    ...old,
                ].map((name) => `deployer delete secrets ${name}-password`),
            );
            assert(deletions.every((text) => first(text) > ready));
            // The application's user keeps its name and is updated; its old Secret is deleted last.
            assert(
                changes.lastIndexOf("operator update kafkausers my-app/status") <
                    first("deployer delete secrets my-app-1-password"),
            );

            const after = await textOf(source, id, "password");
            assert.notEqual(after, before);
            assert.equal(after, await textOf(target, `${namespaces.target}/my-app`, "password"));
            for (const [kubectl, namespace] of [
                [source, namespaces.source],
                [target, namespaces.target],
            ] as const) {
                for (const name of old) {
                    assert.equal(await kubectl.find(KAFKA_USER, `${namespace}/${name}`), undefined);
                    const password = `${namespace}/${name}-password`;
                    assert.equal(await kubectl.find(SECRET, password), undefined);
                }
            }
        });
    }

    it("keep their passwords from run to run, and new ones are unknown in a preview", async () => {
        const { namespaces, file } = await stackFor("prod", "keep");
        const state = newState();
        const passwords = () => [...state.random.values()].map(({ outputs }) => outputs.result);

        const preview = await deploy(file(), state, { preview: true });
        assert.equal(state.random.size, 0);
        const secrets = preview.registrations.filter(
            ({ type, name }) => type === SECRET && name.includes("-password-"),
        );
        assert.equal(secrets.length, 8);
        for (const { inputs } of secrets) {
            assert.equal(inputs.data, unknown);
        }

        await deploy(file(), state);
        const made = passwords();
        assert.equal(new Set(made).size, 5);
        assert(made.every((text) => /^[A-Za-z0-9]{32}$/.test(String(text))));
        const again = await deploy(file(["mirror/tasksMax", 3]), state);
        assert.deepEqual(passwords(), made);
        assert.equal(again.registrations.filter(({ type }) => type === PASSWORD).length, 5);
        assert.equal(
            await textOf(
                new Kubectl(apiServers().target),
                `${namespaces.target}/my-app`,
                "password",
            ),
            await textOf(
                new Kubectl(apiServers().source),
                `${namespaces.source}/my-app`,
                "password",
            ),
        );

        const other = newState();
        const { file: otherFile } = await stackFor("prod", "keep-other");
        await deploy(otherFile(), other);
        const others = [...other.random.values()].map(({ outputs }) => outputs.result);
        assert(others.every((password) => !made.includes(password)));
    });

    it("have a Secret with the credentials of a client, and MM2 reads its own", async () => {
        const { namespaces, file } = await stackFor("prod", "secrets");
        const kubectl = at("prod");
        await deploy(file(["source/listeners/1/authentication", "tls"]), newState());

        const app = `${namespaces.source}/my-app`;
        const password = await textOf(kubectl.source, app, "password");
        assert.equal(
            await textOf(kubectl.source, app, "sasl.jaas.config"),
            `org.apache.kafka.common.security.scram.ScramLoginModule required username="my-app" password="${password}";`,
        );
        const user = "my-mm2-cluster-source-1";
        const { status } = await kubectl.source.get(KAFKA_USER, `${namespaces.source}/${user}`);
        const { username, secret } = status as Status;
        assert.deepEqual({ username, secret }, { username: `CN=${user}`, secret: user });

        const { spec } = await kubectl.target.get(
            MIRROR_MAKER,
            `${namespaces.target}/my-mm2-cluster`,
        );
        const { mirrors } = spec as {
            mirrors: { source: { authentication: { certificateAndKey: object } } }[];
        };
        assert.deepEqual(mirrors[0]!.source.authentication.certificateAndKey, {
            secretName: `${user}-copy`,
            certificate: "user.crt",
            key: "user.key",
        });
        const copy = await kubectl.target.get(SECRET, `${namespaces.target}/${user}-copy`);
        assert.deepEqual(Object.keys(copy.data as object).sort(), ["user.crt", "user.key"]);
        for (const key of ["user.crt", "user.key"]) {
            assert.equal(
                await textOf(kubectl.target, `${namespaces.target}/${user}-copy`, key),
                await textOf(kubectl.source, `${namespaces.source}/${user}`, key),
            );
        }
    });

    const refusals: readonly (readonly [
        what: string,
        data: Record<string, string> | undefined,
        message: (namespace: string) => string,
    ])[] = [
        [
            "no Secret",
            undefined,
            (namespace) => `Secret wanted in namespace ${namespace} not found`,
        ],
        [
            "another key",
            { other: "cGFzc3dvcmQ=" },
            () => "Secret wanted does not contain the key password with requested user password.",
        ],
    ];
    for (const [index, [what, data, message]] of refusals.entries()) {
        it(`are rejected by the operator with ${what} for the password, and accepted once it exists`, async () => {
            const { namespaces, file } = await stackFor("prod", `refused-${index}`);
            await deploy(file(["users", []]), newState());
            const namespace = namespaces.source;
            const { source } = at("prod");
            const wanted = { name: "wanted", namespace };
            if (data !== undefined) {
                await source.create(SECRET, {
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: wanted,
                    data,
                });
            }
            await source.create(
                KAFKA_USER,
                kafkaUser({
                    name: "somebody",
                    namespace,
                    cluster: "my-cluster",
                    passwordSecretName: "wanted",
                }) as unknown as Parameters<Kubectl["create"]>[1],
            );
            const condition = (type: string) =>
                waitFor(
                    `the user is ${type}`,
                    async () => {
                        const { status } = await source.get(KAFKA_USER, `${namespace}/somebody`);
                        return (status as Status | undefined)?.conditions?.find(
                            (found) => found.type === type,
                        );
                    },
                    { timeoutMs: 300_000 },
                );
            assert.equal((await condition("NotReady")).message, message(namespace));
            assert.equal(await source.find(SECRET, `${namespace}/somebody`), undefined);

            const stringData = { password: "secret" };
            await (data === undefined
                ? source.create(SECRET, {
                      apiVersion: "v1",
                      kind: "Secret",
                      metadata: wanted,
                      stringData,
                  })
                : source.patch(SECRET, `${namespace}/wanted`, { stringData }));
            await condition("Ready");
            assert.equal(await textOf(source, `${namespace}/somebody`, "password"), "secret");
        });
    }
});
