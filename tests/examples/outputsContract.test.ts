import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import ts from "typescript";
import { parse } from "yaml";
import { repositoryRoot } from "../support/rawSettings";
import { recordStack } from "../support/recordedStack";

interface Contract {
    readonly required: readonly string[];
    readonly properties: Readonly<Record<string, object>>;
}

const BREAKS =
    "The outputs differ from tests/examples/outputsContract.yaml. A removed output or a changed type breaks every application stack that reads it";

const contract = parse(readFileSync(join(__dirname, "outputsContract.yaml"), "utf8")) as Contract;
const validate = addFormats(new Ajv({ allErrors: true })).compile(contract);

/** The violations of the contract, one line each; empty if the outputs keep it. */
function violations(outputs: unknown): string[] {
    return validate(outputs)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message, params }) =>
              `${instancePath || "outputs"} ${message ?? ""} ${JSON.stringify(params)}`.trim(),
          );
}

interface Declared {
    readonly name: string;
    readonly optional: boolean;
}

/** The members of StackOutputs as written, without a type checker, which would take seconds. */
function declaredOutputs(): Declared[] {
    const path = join(repositoryRoot, "components", "outputs.ts");
    const source = ts.createSourceFile(
        path,
        readFileSync(path, "utf8"),
        ts.ScriptTarget.ES2022,
        true,
    );
    const declaration = source.statements
        .filter(ts.isInterfaceDeclaration)
        .find(({ name }) => name.text === "StackOutputs");
    assert(declaration, "components/outputs.ts has no interface StackOutputs");
    return declaration.members.filter(ts.isPropertySignature).map((member) => ({
        name: member.name.getText(),
        optional:
            member.questionToken !== undefined ||
            (member.type !== undefined &&
                ts.isUnionTypeNode(member.type) &&
                member.type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword)),
    }));
}

describe("the outputs, the contract with application stacks", () => {
    for (const stack of ["dev", "prod", "lab"] as const) {
        it(`match the contract in ${stack}`, async () => {
            const { outputs } = await recordStack(stack);
            assert.deepEqual(violations(outputs), [], BREAKS);
        });
    }

    it("match it without MM2 workers and with a source that is not managed", async () => {
        const { outputs } = await recordStack("prod", {
            changes: [
                ["mirror/replicas", 0],
                [
                    "source",
                    {
                        managed: false,
                        name: "my-cluster",
                        namespace: "kafka",
                        context: "prod-primary",
                        bootstrapServers: "kafka.example.com:9094",
                    },
                ],
                ["topics", undefined],
                ["users", []],
            ],
        });
        assert.deepEqual(violations(outputs), [], BREAKS);
        // These outputs are optional for this case; the string "undefined" would be useless.
        assert.equal("sourceCaSecretName" in outputs, false);
        assert.equal("activeCaSecretName" in outputs, false);
    });

    it("are never secret, so that application stacks can use them as plain names", async () => {
        const { secretOutputs } = await recordStack("prod");
        assert.deepEqual(secretOutputs, []);
    });

    it("are typed in components/outputs.ts with the same names, optional where the contract says so", () => {
        const inContract = Object.keys(contract.properties).map((name) => ({
            name,
            optional: !contract.required.includes(name),
        }));
        const byName = (one: Declared, other: Declared) => (one.name < other.name ? -1 : 1);
        assert.deepEqual(declaredOutputs().sort(byName), inContract.sort(byName), BREAKS);
    });

    it("are all documented, and no other is", () => {
        const page = readFileSync(join(repositoryRoot, "docs/reference/outputs.md"), "utf8");
        const rows = page.split("\n").filter((line) => line.startsWith("| `"));
        const named = rows.flatMap((row) =>
            [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((match) => match[1]),
        );
        assert.deepEqual(named.sort(), Object.keys(contract.properties).sort());
    });

    describe("a change that breaks application stacks is reported", () => {
        const changes: readonly (readonly [
            string,
            (outputs: Record<string, unknown>) => object,
            RegExp,
        ])[] = [
            [
                "an output that disappears",
                (outputs) => ({ ...outputs, activeSite: undefined }),
                /required property 'activeSite'/,
            ],
            [
                "a number that becomes a string",
                (outputs) => ({ ...outputs, mirrorMakerReplicas: "3" }),
                /\/mirrorMakerReplicas must be integer/,
            ],
            [
                "a third site",
                (outputs) => ({ ...outputs, activeSite: "both" }),
                /\/activeSite must be equal to one of/,
            ],
            [
                "a state without its tasks",
                (outputs) => ({ ...outputs, connectorStates: [{ name: "a", state: "RUNNING" }] }),
                /\/connectorStates\/0 must have required property 'tasks'/,
            ],
            [
                "an output that the contract does not name",
                (outputs) => ({ ...outputs, brokers: 3 }),
                /"additionalProperty":"brokers"/,
            ],
        ];
        for (const [what, change, message] of changes) {
            it(what, async () => {
                const { outputs } = await recordStack("prod");
                const known = violations(outputs);
                const found = violations(change(outputs)).filter((one) => !known.includes(one));
                assert.equal(found.length, 1);
                assert.match(found[0]!, message);
            });
        }
    });
});
