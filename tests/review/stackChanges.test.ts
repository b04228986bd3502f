import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { NOTHING, parseGolden } from "../../scripts/review/golden";
import { propertyChanges } from "../../scripts/review/propertyChanges";
import { stackChanges } from "../../scripts/review/stackChanges";
import { repositoryRoot } from "../support/rawSettings";
import { change, type Edit, golden, named, remove, set } from "./support";

const both =
    (...edits: readonly Edit[]): Edit =>
    (documents) =>
        edits.reduce((at, edit) => edit(at) ?? at, documents);

describe("stackChanges", () => {
    it("reports no change between equal files", () => {
        const { resources, outputs } = change("prod", () => undefined);
        assert.deepEqual({ resources, outputs }, { resources: [], outputs: [] });
    });

    it("ignores the order of documents", () => {
        const { resources } = change("prod", (documents) => documents.reverse());
        assert.deepEqual(resources, []);
    });

    it("shows the path and both values of a change", () => {
        const { resources } = change(
            "prod",
            set(
                "kafka-dr-mirror-mm2",
                "inputs/spec/mirrors/0/sourceConnector/config/producer.override.batch.size",
                16384,
            ),
        );
        assert.equal(resources.length, 1);
        const [found] = resources;
        assert(found?.kind === "changed");
        assert.deepEqual(found.properties, [
            {
                path: 'spec.mirrors[0].sourceConnector.config["producer.override.batch.size"]',
                before: 327680,
                after: 16384,
            },
        ]);
    });

    it("shows added and removed resources", () => {
        const { resources } = change(
            "dev",
            both(remove("kafka-dr-source-topic-my-topic"), (documents) => [
                ...documents,
                {
                    type: "kubernetes:kafka.strimzi.io/v1:KafkaTopic",
                    name: "kafka-dr-source-topic-other",
                    inputs: { metadata: { name: "other", namespace: "kafka-source" } },
                },
            ]),
        );
        assert.deepEqual(resources.map(({ kind }) => kind).sort(), ["added", "removed"]);
    });

    it("reports every resource of a new stack as added, and of a removed one as removed", () => {
        const dev = golden("dev");
        for (const [before, after, kind] of [
            [NOTHING, dev, "added"],
            [dev, NOTHING, "removed"],
        ] as const) {
            const { resources } = stackChanges(before, after);
            assert.equal(resources.length, dev.resources.length);
            assert(resources.every((one) => one.kind === kind));
        }
    });

    const MM2 = "kafka-dr-mirror-mm2";
    const POOL = "kafka-dr-source-pool-broker";
    const KAFKA = "kafka-dr-source-kafka";
    const replacements: readonly (readonly [string, Edit, string, RegExp])[] = [
        [
            "the name",
            set(KAFKA, "inputs/metadata/name", "b"),
            KAFKA,
            /^metadata\.name: my-cluster → b$/,
        ],
        [
            "the namespace",
            set(KAFKA, "inputs/metadata/namespace", "b"),
            KAFKA,
            /^metadata\.namespace/,
        ],
        [
            "the Kubernetes cluster",
            set(POOL, "provider", "kubernetes-target"),
            POOL,
            /prod-primary → prod-standby/,
        ],
        [
            "the API version",
            set(KAFKA, "type", "kubernetes:kafka.strimzi.io/v1beta2:Kafka"),
            KAFKA,
            /^type: .*v1:Kafka → .*v1beta2:Kafka$/,
        ],
        [
            "the program's name",
            set(KAFKA, "name", "kafka"),
            "kafka",
            /without an alias: .* → kafka$/,
        ],
        ["the parent", set(KAFKA, "parent", "Other/kafka-dr"), KAFKA, /^parent without an alias/],
        [
            "the storage type",
            set(POOL, "inputs/spec/storage/type", "ephemeral"),
            POOL,
            /storage\.type/,
        ],
        ["roles", set(POOL, "inputs/spec/roles", ["broker", "controller"]), POOL, /spec\.roles/],
        [
            "the type of a volume",
            set(POOL, "inputs/spec/storage/volumes/0/type", "ephemeral"),
            POOL,
            /type of a volume/,
        ],
        [
            "the source's alias",
            set(MM2, "inputs/spec/mirrors/0/source/alias", "b"),
            MM2,
            /source\.alias/,
        ],
        ["the target's alias", set(MM2, "inputs/spec/target/alias", "b"), MM2, /target\.alias/],
        ["the group", set(MM2, "inputs/spec/target/groupId", "b"), MM2, /groupId/],
        ...["config", "offset", "status"].map(
            (topic) =>
                [
                    `the ${topic} storage topic`,
                    set(MM2, `inputs/spec/target/${topic}StorageTopic`, "b"),
                    MM2,
                    new RegExp(`${topic}StorageTopic`),
                ] as const,
        ),
    ];
    for (const [what, edit, name, reason] of replacements) {
        it(`reports ${what} as a replacement`, () => {
            const { resources } = change("prod", edit);
            assert.deepEqual(
                resources.map((found) => [
                    found.kind,
                    found.kind !== "removed" && found.after.name,
                ]),
                [["replaced", name]],
            );
            const [found] = resources;
            assert(found?.kind === "replaced");
            assert.equal(found.reasons.length, 1);
            assert.match(found.reasons[0]!, reason);
        });
    }

    it("reports another cluster of a pool as a replacement", () => {
        const { resources } = change("prod", (documents) => {
            const { inputs } = named(documents, POOL) as unknown as {
                inputs: { metadata: { labels: Record<string, string> } };
            };
            inputs.metadata.labels["strimzi.io/cluster"] = "other";
            return documents;
        });
        assert(resources[0]?.kind === "replaced");
        assert.match(resources[0].reasons[0]!, /stays with its cluster/);
    });

    const inPlace: readonly (readonly [string, Edit])[] = [
        [
            "the order of roles",
            set("kafka-dr-target-pool-combined", "inputs/spec/roles", ["broker", "controller"]),
        ],
        [
            "a renamed resource with an alias",
            both(set(KAFKA, "aliases", [{ name: KAFKA }]), set(KAFKA, "name", "kafka")),
        ],
        [
            "another parent with an alias",
            both(set(KAFKA, "aliases", [{ parent: "x" }]), set(KAFKA, "parent", "Other/kafka-dr")),
        ],
        ["another parent of the same type", set(KAFKA, "parent", "KafkaCluster/other")],
        [
            "another way to the same Kubernetes cluster",
            set("kubernetes-source", "inputs/context", "new"),
        ],
        [
            "one more volume",
            set(POOL, "inputs/spec/storage/volumes/1", { id: 1, type: "ephemeral" }),
        ],
        ["a label", set(KAFKA, "inputs/metadata/labels", { team: "a" })],
        ["the Kafka version", set(KAFKA, "inputs/spec/kafka/version", "4.2.0")],
    ];
    for (const [what, edit] of inPlace) {
        it(`reports ${what} as a change in place`, () => {
            const { resources } = change("prod", edit);
            assert.deepEqual(
                resources.map(({ kind }) => kind),
                ["changed"],
            );
        });
    }

    it("reports another cluster behind a provider as a replacement of everything in it", () => {
        const { resources } = change(
            "prod",
            set("kubernetes-source", "inputs/clusterIdentifier", "elsewhere"),
        );
        const replaced = resources.filter(({ kind }) => kind === "replaced");
        const names = replaced.map((found) => found.kind === "replaced" && found.after.name);
        assert(
            names.includes(KAFKA) && names.includes(POOL) && names.includes("kubernetes-source"),
        );
        assert(!names.includes("kafka-dr-target-kafka"));
    });

    it("reads the golden files", () => {
        const text = readFileSync(join(repositoryRoot, "tests/golden/prod.yaml"), "utf8");
        assert.deepEqual(parseGolden(text), golden("prod"));
        assert.equal(parseGolden(text).outputs.activeSite, "source");
    });

    it("refuses text that is not a golden file", () => {
        assert.throws(() => parseGolden("a: 1\n"), /neither a resource nor the outputs/);
        assert.throws(() => parseGolden("a: [1\n"));
    });
});

describe("propertyChanges", () => {
    it("finds items of a list by their name, so that an insertion is one change", () => {
        const listener = (name: string) => ({ name, tls: true });
        assert.deepEqual(
            propertyChanges(
                { listeners: [listener("tls"), listener("external")] },
                { listeners: [listener("plain"), listener("tls"), listener("external")] },
            ),
            [{ path: "listeners.plain", after: { name: "plain", tls: true } }],
        );
    });

    it("compares a list of plain values as a whole", () => {
        assert.deepEqual(propertyChanges({ a: ["x"] }, { a: ["x", "y"] }), [
            { path: "a", before: ["x"], after: ["x", "y"] },
        ]);
    });

    it("is empty for equal values, and is reversed when the sides are swapped", () => {
        fc.assert(
            fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
                assert.deepEqual(propertyChanges(one, structuredClone(one)), []);
                const forth = propertyChanges(one, other).map(({ path, before, after }) => ({
                    path,
                    before: after,
                    after: before,
                }));
                const back = propertyChanges(other, one).map(({ path, before, after }) => ({
                    path,
                    before,
                    after,
                }));
                assert.deepEqual(forth, back);
            }),
        );
    });
});
