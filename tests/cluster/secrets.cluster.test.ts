import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ProgramResult } from "../../engine";
import type { KnownObject } from "../support/kubernetes";
import type { Change } from "../support/rawSettings";
import { leaksOf, shows } from "../support/secretSearch";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { newState, type StackState } from "./support/stackBackend";
import {
    deploy,
    destroy,
    Kubectl,
    type Namespaces,
    namespacesFor,
    namespacesOf,
    stackOnApiServers,
} from "./support/stacks";

const SECRET = "kubernetes:core/v1:Secret";
const ROTATION: readonly Change[] = [
    ["mirror/credentialsRevision", 2],
    ["users/0/credentialsRevision", 2],
];

describeOnApiServers("secrets", (apiServers) => {
    /** All current passwords of a state. */
    const passwordsOf = ({ random }: StackState): string[] =>
        [...random.values()].map(({ outputs }) => String(outputs.result));

    /** The private keys that the User Operator created for the users of MM2. */
    async function keysOf({ source }: Namespaces, revision: number): Promise<string[]> {
        const id = `${source}/my-mm2-cluster-source-${revision}`;
        const { data } = await new Kubectl(apiServers().source).get(SECRET, id);
        const key = (data as Record<string, string>)["user.key"] ?? "";
        return [Buffer.from(key, "base64").toString()];
    }

    /** The logs and audit logs of both API servers and etcds. */
    function logFiles(): readonly (readonly [file: string, text: string])[] {
        const folder = path.dirname(apiServers().kubeconfig);
        return ["source", "target"].flatMap((server) =>
            readdirSync(path.join(folder, server))
                .filter((file) => file.endsWith(".log"))
                .map(
                    (file) =>
                        [
                            `${server}/${file}`,
                            readFileSync(path.join(folder, server, file), "utf8"),
                        ] as const,
                ),
        );
    }

    /** Objects of the state that contain a secret outside the data of a Secret. */
    function leaksOfState({ kubernetes }: StackState, secrets: readonly string[]): string[] {
        return [...kubernetes].flatMap(([urn, known]) =>
            shows(JSON.stringify(known.type === SECRET ? withoutData(known) : known), secrets)
                ? [urn]
                : [],
        );
    }

    const cases: readonly (readonly [
        what: string,
        stack: "dev" | "prod",
        changes: readonly Change[],
        key: boolean,
    ])[] = [
        ["passwords, dev", "dev", [], false],
        ["passwords, prod", "prod", [["protect", false]], false],
        [
            "a client certificate, prod",
            "prod",
            [
                ["protect", false],
                ["retainOnDelete", false],
                ["source/listeners/1/authentication", "tls"],
            ],
            true,
        ],
    ];
    for (const [index, [what, stack, changes, key]] of cases.entries()) {
        it(`are only in Secrets and in the passwords of the state: ${what}`, async () => {
            const test = `secrets-${index}`;
            const namespaces =
                stack === "dev" ? namespacesOf(test) : await namespacesFor(apiServers(), test);
            const file = (...further: readonly Change[]) =>
                stackOnApiServers(stack, apiServers(), namespaces, [...changes, ...further]);
            const state = newState();
            const secrets: string[] = [];
            const results: ProgramResult[] = [];
            const printed: string[] = [];
            const run = async (further: readonly Change[], preview: boolean, revision: number) => {
                const onLog = ({ message }: { message: string }) => printed.push(message);
                results.push(await deploy(file(...further), state, { preview, onLog }));
                if (!preview) {
                    secrets.push(...passwordsOf(state));
                    secrets.push(...(key ? await keysOf(namespaces, revision) : []));
                    assert.deepEqual(leaksOfState(state, secrets), []);
                }
            };
            await run([], true, 1);
            await run([], false, 1);
            await run(ROTATION, true, 2);
            await run(ROTATION, false, 2);

            // The search finds the secrets where they are allowed.
            const known = [...new Set(secrets)];
            assert.equal(known.length, key ? 8 : 10);
            const holders = [...state.kubernetes.values()].filter((object) =>
                shows(JSON.stringify(object), known),
            );
            assert(holders.length >= 4);
            assert(holders.every(({ type }) => type === SECRET));

            assert.deepEqual(
                results.flatMap((result) => leaksOf(result, known)),
                [],
            );
            assert(!shows(printed.join("\n"), known));
            if (stack === "prod") {
                await destroy(state);
            }
            const files = logFiles();
            assert(files.some(([, text]) => text.includes(namespaces.target)));
            assert.deepEqual(
                files.filter(([, text]) => shows(text, known)).map(([name]) => name),
                [],
            );
        });
    }

    it("are not in the error of a run that an API server rejects", async () => {
        const namespaces = await namespacesFor(apiServers(), "secrets-refused");
        const file = stackOnApiServers("prod", apiServers(), namespaces);
        const name = "my-mm2-cluster-target-1-password";
        await new Kubectl(apiServers().target).create(SECRET, {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name, namespace: namespaces.target },
        });
        const state = newState();
        const error: unknown = await deploy(file, state).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert(error instanceof Error);
        assert.match(error.message, new RegExp(`secrets "${name}" already exists`));
        const passwords = passwordsOf(state);
        assert.equal(passwords.length, 5);
        assert(!shows(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, passwords));
        assert.deepEqual(leaksOfState(state, passwords), []);
    });
});

function withoutData({ inputs, outputs, ...known }: KnownObject): object {
    const rest = (values: Readonly<Record<string, unknown>>) => ({ ...values, data: undefined });
    return { ...known, inputs: rest(inputs), outputs: rest(outputs) };
}
