import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { parseSettings } from "../../../config/parseSettings";
import { SettingsError } from "../../../config/problem";
import { sectionSchemas, type Settings } from "../../../config/settingsSchema";
import { kafka } from "../../../strimzi/builders/kafka";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import { kafkaNodePools } from "../../../strimzi/builders/nodePool";
import { mirrorNetworkPolicy } from "../../../strimzi/builders/networkPolicy";
import { kafkaTopic } from "../../../strimzi/builders/topic";
import { validateStrimziObject } from "../../../strimzi/schema/validate";
import { type RawSettings, rawStack } from "../../support/rawSettings";

/** Values that do harm in concatenated text, or that code does not expect. */
const HOSTILE: readonly unknown[] = [
    "",
    " ",
    "a\nb",
    "a\r\nlisteners=PLAINTEXT://:9092",
    "a\u0000b",
    "\u001b[31mred",
    "a\u2028b",
    'x" required; evil.LoginModule required y="',
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";',
    "$(touch /tmp/owned)",
    "`id`",
    "; rm -rf /",
    "${strimzisecrets:kafka/other:password}",
    "${env:HOME}",
    "!!js/function 'x'",
    "&anchor",
    "*alias",
    "{a: b}",
    "- item",
    "key: value",
    "---",
    "..",
    "../../etc/passwd",
    "User:*",
    "*",
    "__proto__",
    "constructor",
    "NaN",
    "1e309",
    "-0",
    "٣",
    "ｋａｆｋａ",
    "\ud800",
    "a".repeat(100_000),
    "(a+)+$",
    null,
    true,
    0,
    -1,
    1.5,
    1e21,
    Number.MAX_SAFE_INTEGER,
    [],
    {},
    [[]],
    { "": "" },
    { constructor: 1 },
    JSON.parse('{"__proto__": {"polluted": true}}'),
];

const RUNS = 10_000;

type Path = readonly (string | number)[];

/** The path of every field of every setting; of lists the first item, of maps a new entry. */
function fieldPaths(): Path[] {
    return Object.entries(sectionSchemas).flatMap(([section, schema]) =>
        pathsOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), [section]),
    );
}

function pathsOf(schema: z.core.JSONSchema.BaseSchema | boolean, path: Path): Path[] {
    if (typeof schema === "boolean") {
        return [path];
    }
    const nested = [
        ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
            pathsOf(inner, [...path, key]),
        ),
        ...[schema.items ?? []].flat().flatMap((inner) => pathsOf(inner, [...path, 0])),
        ...(typeof schema.additionalProperties === "object"
            ? pathsOf(schema.additionalProperties, [...path, "some.key"])
            : []),
        ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((inner) =>
            pathsOf(inner, path),
        ),
    ];
    return [path, ...nested];
}

/** Puts a value at a path, and creates missing parents. */
function put(raw: RawSettings, path: Path, value: unknown): RawSettings {
    const copy = structuredClone(raw);
    let at: Record<string | number, unknown> = copy;
    for (const [index, part] of path.slice(0, -1).entries()) {
        const found = at[part];
        if (typeof found !== "object" || found === null) {
            at[part] = typeof path[index + 1] === "number" ? [] : {};
        }
        at = at[part] as Record<string | number, unknown>;
    }
    at[path.at(-1)!] = value;
    return copy;
}

/** If a path ends in a key of a map, the key may be hostile as well. */
function withKey(path: Path, key: unknown): Path {
    return path.map((part) => (part === "some.key" && typeof key === "string" ? key : part));
}

function objectsOf(settings: Settings): unknown[] {
    const { source, target, topics } = settings;
    const connection = { bootstrapServers: "broker:9093", tls: true };
    const authentication = source.managed ? undefined : source.authentication;
    return [
        ...[source, target].flatMap((site) =>
            site.managed
                ? [
                      kafka(site, {
                          keepCertificateAuthorities: settings.retainOnDelete,
                          images: settings.images,
                      }),
                      ...kafkaNodePools(site),
                  ]
                : [],
        ),
        ...(source.managed ? topics.map((topic) => kafkaTopic(source, topic)) : []),
        kafkaMirrorMaker2(settings, {
            source: { ...connection, ...(authentication && { authentication }) },
            target: connection,
        }),
    ];
}

/** Every text in a value, keys included. */
function textsOf(value: unknown): string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)])
        : [];
}

describe("hostile settings", function () {
    // About 20 s of one CPU; the rest is for a busy machine.
    const paths = fieldPaths();
    const stacks = [rawStack("dev"), rawStack("prod"), existingSource()];

    it("are reached in every section", () => {
        assert.deepEqual(
            [...new Set(paths.map(([section]) => section))].sort(),
            Object.keys(sectionSchemas).sort(),
        );
        assert(paths.length > 150, `${paths.length} fields`);
    });

    it("are refused if the name of a harmless value is hostile", () => {
        const keys = HOSTILE.filter((value): value is string => typeof value === "string");
        for (const key of keys.filter((text) => /[\u0000-\u001f\u007f]/.test(text))) {
            const path: Path = ["target", "listeners", 0, "configuration", key];
            assert.equal(parsed(put(rawStack("prod"), path, {})), undefined, JSON.stringify(key));
        }
    });

    it(`are refused with the settings' own error or kept unchanged, in ${RUNS} cases`, () => {
        const value = fc.oneof(
            fc.constantFrom(...HOSTILE),
            fc.string({ unit: "binary", maxLength: 40 }),
            fc.anything({ maxDepth: 2, withNullPrototype: true }),
        );
        const seen = { refused: 0, accepted: 0 };
        const change = fc.tuple(fc.constantFrom(...paths), value, fc.constantFrom(...HOSTILE));
        fc.assert(
            fc.property(
                fc.constantFrom(...stacks),
                fc.array(change, { minLength: 1, maxLength: 3 }),
                (stack, changes) => {
                    const raw = changes.reduce(
                        (made, [path, put_, key]) => put(made, withKey(path, key), put_),
                        stack,
                    );
                    const settings = parsed(raw);
                    if (settings === undefined) {
                        seen.refused += 1;
                        return;
                    }
                    seen.accepted += 1;
                    assertHarmless(settings);
                },
            ),
            { numRuns: RUNS },
        );
        assert(seen.refused > 1000 && seen.accepted > 100, JSON.stringify(seen));
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    });
});

/** A stack with an existing source, and an authentication that Strimzi writes into a JAAS text. */
function existingSource(): RawSettings {
    return {
        ...rawStack("prod"),
        topics: [],
        users: [],
        source: {
            managed: false,
            name: "legacy",
            namespace: "kafka",
            context: "prod-primary",
            bootstrapServers: "legacy.example.com:9093",
            authentication: {
                type: "scram-sha-512",
                username: "mm2",
                passwordSecret: { secretName: "legacy-mm2", password: "password" },
            },
        },
    };
}

/** The settings; undefined if they are refused with a proper message. */
function parsed(raw: RawSettings): Settings | undefined {
    try {
        return parseSettings(raw, "Pulumi.hostile.yaml").settings;
    } catch (error) {
        assert(error instanceof SettingsError, String((error as Error).stack ?? error));
        const lines = error.message.split("\n");
        assert.equal(lines.length, error.problems.length + 1, "a value broke a line");
        assert.doesNotMatch(lines.join(""), /[\u0000-\u001f\u007f]/);
        assert(lines.every((line) => line.length < 2000));
        return undefined;
    }
}

function assertHarmless(settings: Settings): void {
    const objects = objectsOf(settings);
    for (const object of objects) {
        // `configuration` of a listener passes to Strimzi unchanged: the API server checks its fields.
        const ours = validateStrimziObject(object).filter(
            (problem) => !/^spec\.kafka\.listeners\[\d+\]\.configuration\b/.test(problem),
        );
        assert.deepEqual(ours, []);
    }
    const all = [...objects, mirrorNetworkPolicy(settings)];
    for (const text of all.flatMap(textsOf)) {
        assert.doesNotMatch(text, /[\u0000-\u001f\u007f]/);
    }
    const mirror = objects.at(-1) as {
        spec: { mirrors: { source: { authentication?: { username?: string } } }[] };
    };
    const username = mirror.spec.mirrors[0]?.source.authentication?.username ?? "";
    assert.doesNotMatch(username, /["\\;=]/);
}
