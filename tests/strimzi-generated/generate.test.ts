import * as assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import { withDefinitions } from "../../scripts/generate/definitions";
import { GENERATOR_JAVA } from "../../scripts/generate/crds";
import { differingFiles, generateFiles } from "../../scripts/generate/generate";
import { findJava } from "../../scripts/generate/java";
import { objectSchema } from "../../scripts/generate/jsonSchema";
import type { JsonSchema } from "../../scripts/generate/jsonSchema";
import type { CustomResourceDefinition, OpenApiSchema } from "../../scripts/generate/openApi";
import { KINDS } from "../../scripts/generate/kinds";
import { STRIMZI_VERSION } from "../../strimzi/version";

const ROOT = path.resolve(__dirname, "../..");

function read(file: string): string {
    return readFileSync(path.join(ROOT, file), "utf8");
}

describe("the generated files of strimzi/generated", () => {
    it("match the output of the generator, which is the same twice", async function () {
        // Two runs of a JVM and, on a new machine, the download of the generator's jars.
        const java = await findJava(GENERATOR_JAVA);
        if (!java) {
            console.log(`      skipped: Strimzi's generator needs Java ${GENERATOR_JAVA} or newer`);
            this.skip();
        }
        const files = await generateFiles(java);
        assert.deepEqual(await differingFiles(files), []);
        assert.deepEqual(await generateFiles(java), files);
    });

    it("come from the release of Strimzi that is locked", () => {
        const lock = read("lab/artifacts/crd-generator.lock.json");
        assert.match(lock, new RegExp(`"io/strimzi/api/${STRIMZI_VERSION}/`));
        for (const kind of KINDS) {
            for (const file of [`crds/${kind}.yaml`, `types/${kind}.ts`]) {
                const header = read(`strimzi/generated/${file}`).split("\n")[0]!;
                assert.ok(header.includes(`Strimzi ${STRIMZI_VERSION}`), header);
            }
        }
    });

    it("cover all five kinds", () => {
        const names = (folder: string) => readdirSync(path.join(ROOT, "strimzi/generated", folder));
        assert.deepEqual(names("crds").sort(), KINDS.map((kind) => `${kind}.yaml`).sort());
        assert.deepEqual(
            names("schemas").sort(),
            KINDS.map((kind) => `${kind}.schema.json`).sort(),
        );
    });

    for (const kind of KINDS) {
        it(`${kind}: the schema refuses unknown fields exactly where the definition does`, () => {
            const crd = parse(
                read(`strimzi/generated/crds/${kind}.yaml`),
            ) as CustomResourceDefinition;
            const schema = JSON.parse(
                read(`strimzi/generated/schemas/${kind}.schema.json`),
            ) as JsonSchema;
            const inCrd = crd.spec.versions[0]!.schema.openAPIV3Schema.properties!;
            for (const field of ["spec", "status"]) {
                const rules = compare(inCrd[field]!, schema.properties![field]!, schema, field);
                assert.ok(rules > 0);
            }
        });
    }
});

/** Walks both in parallel; returns the number of objects that were compared. */
function compare(crd: OpenApiSchema, given: JsonSchema, root: JsonSchema, where: string): number {
    const name = given.$ref?.replace("#/definitions/", "");
    const schema = name ? root.definitions![name]! : given;
    assert.ok(!("description" in schema && typeof schema.description === "string"), where);
    assert.deepEqual(schema.required, crd.required, where);
    assert.deepEqual(schema.enum, crd.enum, where);
    assert.deepEqual(schema["x-kubernetes-validations"], crd["x-kubernetes-validations"], where);
    if (crd["x-kubernetes-int-or-string"]) return 0;
    assert.equal(schema.type, crd.type, where);
    assert.deepEqual(
        Object.keys(schema.properties ?? {}).sort(),
        Object.keys(crd.properties ?? {}).sort(),
        where,
    );
    let objects = 0;
    if (crd.type === "object") {
        objects++;
        if (typeof schema.additionalProperties === "boolean") {
            const open = crd["x-kubernetes-preserve-unknown-fields"] ?? false;
            assert.equal(schema.additionalProperties, open, where);
        } else {
            assert.ok(crd.additionalProperties, where);
        }
    }
    for (const [property, child] of Object.entries(crd.properties ?? {})) {
        objects += compare(child, schema.properties![property]!, root, `${where}.${property}`);
    }
    if (crd.items) objects += compare(crd.items, schema.items!, root, `${where}[]`);
    return objects;
}

describe("the conversion to JSON Schema", () => {
    function definition(spec: OpenApiSchema): CustomResourceDefinition {
        const openAPIV3Schema = { properties: { spec, status: { type: "object" } } };
        const version = { name: "v1", additionalPrinterColumns: [], schema: { openAPIV3Schema } };
        return { spec: { group: "kafka.strimzi.io", versions: [version] } };
    }
    const convert = (spec: OpenApiSchema) =>
        objectSchema("KafkaTopic", definition(spec)).properties!.spec;

    it("keeps integer-or-string, with the pattern for the string only", () => {
        const schema = convert({
            "x-kubernetes-int-or-string": true,
            anyOf: [{ type: "integer" }, { type: "string" }],
            pattern: "^[0-9]+$",
        });
        assert.deepEqual(schema, {
            anyOf: [{ type: "integer" }, { type: "string", pattern: "^[0-9]+$" }],
        });
    });

    it("keeps nullable", () => {
        assert.deepEqual(convert({ type: "string", nullable: true }), {
            anyOf: [{ type: "string" }, { type: "null" }],
        });
    });

    it("stops at a keyword that it does not know, and names it and the field", () => {
        const spec = { type: "object", properties: { a: { type: "string", multipleOf: 2 } } };
        assert.throws(() => convert(spec), /KafkaTopic\.spec\.a: keyword multipleOf/);
    });
});

describe("the names of definitions", () => {
    const leaf = fc.constantFrom<JsonSchema>({ type: "string" }, { type: "integer" });
    const tree: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
        schema: fc.oneof(
            { maxDepth: 4 },
            leaf,
            fc
                .dictionary(
                    fc.constantFrom("pod", "pods", "spec", "status", "kafka"),
                    tie("schema"),
                    {
                        minKeys: 1,
                        noNullPrototype: true,
                    },
                )
                .map((properties) => ({ type: "object", properties })),
            tie("schema").map((items) => ({ type: "array", items })),
        ),
    })).schema;
    const fields = fc.record({ a: tree, kafka: tree }, { requiredKeys: [], noNullPrototype: true });
    const object = fields.map((properties): JsonSchema => ({ type: "object", properties }));
    const root = fc
        .tuple(object, object)
        .map(([spec, status]): JsonSchema => ({ type: "object", properties: { spec, status } }));

    function inlined(schema: JsonSchema, definitions: Record<string, JsonSchema>): JsonSchema {
        const name = schema.$ref?.replace("#/definitions/", "");
        const result = { ...(name ? definitions[name]! : schema) };
        delete result.definitions;
        if (result.items) result.items = inlined(result.items, definitions);
        if (result.properties) {
            result.properties = Object.fromEntries(
                Object.entries(result.properties).map(([key, child]) => [
                    key,
                    inlined(child, definitions),
                ]),
            );
        }
        return result;
    }

    it("mean the same as the schema without definitions", () => {
        fc.assert(
            fc.property(root, (schema) => {
                const result = withDefinitions(schema, "Kafka");
                assert.deepEqual(inlined(result, result.definitions!), schema);
            }),
        );
    });

    it("give equal objects one name, and different objects different names", () => {
        const object = (type: string): JsonSchema => ({
            type: "object",
            properties: { value: { type } },
        });
        const { definitions } = withDefinitions(
            {
                type: "object",
                properties: {
                    spec: {
                        type: "object",
                        properties: {
                            pods: { type: "array", items: object("string") },
                            other: object("string"),
                            job: { type: "object", properties: { other: object("integer") } },
                        },
                    },
                },
            },
            "Kafka",
        );
        assert.deepEqual(Object.keys(definitions!).sort(), [
            "KafkaJob",
            "KafkaJobOther",
            "KafkaOther",
            "KafkaSpec",
        ]);
    });
});
