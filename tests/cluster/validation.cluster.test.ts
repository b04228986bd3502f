import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../config/parseSettings";
import { SettingsError } from "../../config/problem";
import { type Registration, runProgram } from "../../engine";
import { ApiError } from "../../cli/shared/kubernetes/apiClient";
import type { KubernetesObject } from "../support/kubernetes";
import { program } from "../../program";
import { arbitrarySettings } from "../support/arbitrarySettings";
import { ListeningBackend } from "../support/listeningBackend";
import { type Change, changed, type RawSettings } from "../support/rawSettings";
import { recordStack } from "../support/recordedStack";
import { describeOnApiServers, type OperatedApiServers } from "./apiServers/sharedApiServers";
import {
    contextOf,
    Kubectl,
    kubernetesObjects,
    namespacesOf,
    onApiServers,
} from "./support/stacks";

const NAMESPACES = namespacesOf("validation");

/** An object and its cluster. */
interface Placed {
    readonly context: string;
    readonly type: string;
    readonly object: KubernetesObject;
}

async function objectsOf(raw: RawSettings): Promise<Placed[]> {
    const config = Object.entries(raw).map(
        ([key, value]) => [`kafka-dr:${key}`, JSON.stringify(value)] as const,
    );
    const result = await runProgram(program, {
        project: "kafka-dr",
        stack: "generated",
        config: Object.fromEntries(config),
        backend: new ListeningBackend(),
    });
    return kubernetesObjects(result).map((registration) => placed(result, registration));
}

function placed(result: Parameters<typeof contextOf>[0], registration: Registration): Placed {
    return {
        context: contextOf(result, registration),
        type: registration.type,
        object: registration.inputs as unknown as KubernetesObject,
    };
}

/** Generated settings that the stack accepts, on the API servers. */
function acceptedSettings(apiServers: OperatedApiServers): fc.Arbitrary<RawSettings> {
    return arbitrarySettings
        .map((raw) => {
            const site = (key: "source" | "target"): Change[] => {
                const { context } = raw[key] as { context: string };
                return [
                    [`${key}/context`, context === "one" ? "source" : "target"],
                    [`${key}/kubeconfig`, apiServers.kubeconfig],
                    [`${key}/namespace`, NAMESPACES[key]],
                ];
            };
            return changed(raw, ...site("source"), ...site("target"));
        })
        .filter((raw) => {
            try {
                parseSettings(raw, "generated");
                return true;
            } catch (error) {
                assert(error instanceof SettingsError);
                return false;
            }
        });
}

describeOnApiServers("server-side validation, strict and with CEL rules", (apiServers) => {
    let kubectl: Readonly<Record<string, Kubectl>>;

    before(async () => {
        kubectl = {
            source: new Kubectl(apiServers().source),
            target: new Kubectl(apiServers().target),
        };
        for (const cluster of Object.values(kubectl)) {
            await cluster.createNamespace(NAMESPACES.source);
            await cluster.createNamespace(NAMESPACES.target);
        }
    });

    async function validate({ context, type, object }: Placed): Promise<void> {
        try {
            await kubectl[context]!.create(type, object, true);
        } catch (error) {
            // The namespaces exist: the server checks that after validation.
            if (!(error instanceof ApiError && error.reason === "AlreadyExists")) {
                throw error;
            }
        }
    }

    async function recorded(stack: "dev" | "prod"): Promise<Placed[]> {
        const changes = onApiServers(stack, apiServers(), NAMESPACES);
        const result = await recordStack(stack, { changes });
        return kubernetesObjects(result).map((registration) => placed(result, registration));
    }

    for (const stack of ["dev", "prod"] as const) {
        it(`accepts every object of ${stack}`, async () => {
            const objects = await recorded(stack);
            assert(objects.length >= 9);
            for (const object of objects) {
                await validate(object);
            }
        });
    }

    it("accepts every object of generated settings", async () => {
        await fc.assert(
            fc.asyncProperty(acceptedSettings(apiServers()), async (raw) => {
                for (const object of await objectsOf(raw)) {
                    await validate(object);
                }
            }),
            { numRuns: 50 },
        );
    });

    const unknownField: Change = ["spec/nonsense", 1];
    const refusals: readonly (readonly [
        stack: "dev" | "prod",
        kind: string,
        what: string,
        change: Change,
        expected: RegExp,
    ])[] = [
        ["prod", "Kafka", "an unknown field", unknownField, /unknown field "spec.nonsense"/],
        [
            "prod",
            "Kafka",
            "metrics without rules (CEL)",
            ["spec/kafka/metricsConfig", { type: "jmxPrometheusExporter" }],
            /valueFrom property is required/,
        ],
        ["prod", "KafkaNodePool", "an unknown field", unknownField, /unknown field/],
        [
            "prod",
            "KafkaNodePool",
            "an unknown role",
            ["spec/roles", ["observer"]],
            /Unsupported value: "observer"/,
        ],
        ["prod", "KafkaMirrorMaker2", "an unknown field", unknownField, /unknown field/],
        [
            "prod",
            "KafkaMirrorMaker2",
            "metrics without rules (CEL)",
            ["spec/metricsConfig", { type: "jmxPrometheusExporter" }],
            /valueFrom property is required/,
        ],
        [
            "dev",
            "KafkaTopic",
            "no partition",
            ["spec/partitions", 0],
            /spec\.partitions: Invalid value: 0/,
        ],
        ["prod", "Secret", "data that is not base64", ["data/ca.crt", "%"], /illegal base64 data/],
        ["prod", "ConfigMap", "data that is not text", ["data/key", { a: 1 }], /cannot unmarshal/],
        [
            "dev",
            "Namespace",
            "a name in capitals",
            ["metadata/name", "Kafka"],
            /a lowercase RFC 1123 label/,
        ],
    ];
    for (const [stack, kind, what, change, expected] of refusals) {
        it(`rejects a ${kind} with ${what}`, async () => {
            const found = (await recorded(stack)).find(({ type }) => type.endsWith(`:${kind}`));
            assert(found !== undefined);
            const object = changed(found.object, change);
            await assert.rejects(
                validate({ ...found, object: object as unknown as KubernetesObject }),
                expected,
            );
        });
    }
});
