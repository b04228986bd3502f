import assert from "node:assert/strict";
import type { ProgramResult } from "../../engine";
import type { Change } from "../support/rawSettings";
import { CA_SECRET, READY, recordStack } from "../support/recordedStack";
import { encodings, leaksOf, shows } from "../support/secretSearch";

const SECRET = "kubernetes:core/v1:Secret";
const PASSWORD = "random:index/randomPassword:RandomPassword";
const PRIVATE_KEY =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIC4nary\n-----END PRIVATE KEY-----\n";
const TOKEN = "eyJhbGciOiJSUzI1NiJ9.canary.signature";

/** The objects of the API servers, with secrets that differ from every other text. */
const CLUSTERS = {
    ...READY,
    creates: [
        ...READY.creates!,
        {
            name: "kafka-dr-source-ca-reader-token",
            outputs: {
                data: {
                    token: Buffer.from(TOKEN).toString("base64"),
                    "ca.crt": CA_SECRET.data["ca.crt"],
                },
            },
        },
    ],
    reads: [
        {
            type: SECRET,
            outputs: {
                ...CA_SECRET,
                data: {
                    ...CA_SECRET.data,
                    "user.crt": CA_SECRET.data["ca.crt"],
                    "user.key": Buffer.from(PRIVATE_KEY).toString("base64"),
                },
            },
        },
    ],
};

/** The passwords that a run generated, and the secrets that it read or was given. */
function secretsOf(result: ProgramResult): string[] {
    const passwords = result.registrations
        .filter(({ type }) => type === PASSWORD)
        .map(({ urn }) => String(result.states.get(urn)?.outputs.result));
    return [...passwords, PRIVATE_KEY, TOKEN];
}

describe("secrets", () => {
    const cases: readonly (readonly [
        what: string,
        stack: "dev" | "prod",
        changes: readonly Change[],
        /** Numbers of generated passwords, and of Kubernetes Secrets with a secret in them. */
        passwords: number,
        objects: number,
    ])[] = [
        ["passwords, dev", "dev", [], 5, 8],
        ["passwords, prod", "prod", [], 5, 8],
        ["a client certificate", "prod", [["source/listeners/1/authentication", "tls"]], 3, 6],
        [
            "a token of the source's API server",
            "prod",
            [["caCopy", { method: "external-secrets", sourceApiServer: "https://source:6443" }]],
            5,
            9,
        ],
    ];
    for (const [what, stack, changes, passwords, objects] of cases) {
        it(`are only in Secrets and their RandomPasswords: ${what}`, async () => {
            const result = await recordStack(stack, { changes, backend: CLUSTERS });
            const secrets = secretsOf(result);
            assert.equal(secrets.length - 2, passwords);
            assert(secrets.every((secret) => secret.length > 16));
            const holders = result.registrations.filter(({ inputs }) =>
                shows(JSON.stringify(inputs), secrets),
            );
            assert(holders.every(({ type }) => type === SECRET));
            assert.equal(holders.length, objects);
            assert.deepEqual(leaksOf(result, secrets), []);
        });
    }

    it("are found in every place", async () => {
        const result = await recordStack("dev");
        const [secret = ""] = secretsOf(result);
        const inside = Buffer.from(`password="${secret}";`).toString("base64");
        const first = result.registrations.find(({ type }) => type === SECRET)!;
        const leaky: ProgramResult = {
            ...result,
            registrations: [
                { ...first, secretPaths: [] },
                { ...first, inputs: { ...first.inputs, note: [{ jaas: inside }] } },
            ],
            outputs: { list: [`user:${secret}`] },
            logs: [{ severity: "info", message: `made ${secret}` } as never],
            states: new Map([["urn", { id: secret, outputs: {} }]]),
        };
        assert.deepEqual(leaksOf(leaky, [secret]), [
            `input data.password of ${first.urn}`,
            `input note[0].jaas of ${first.urn}`,
            "output id of urn",
            "output list[0] of the stack",
            "a message",
            "the golden rendering",
        ]);
        for (const prefix of ["", "a", "ab", "abc"]) {
            const text = Buffer.from(`${prefix}${secret}!`).toString("base64");
            assert(shows(text, [secret]), prefix);
        }
        assert.equal(encodings("short").includes("short"), false);
    });
});
