import type {
    Condition,
    ConfigMapLookup,
    ConfigMapObject,
    KafkaMirrorMaker2Object,
    MirrorConnectorSpec,
} from "../objects";
import { waitUntil } from "../process/wait";
import { untilAccepted } from "./applyConnectors";
import type { ConnectRest } from "../../kafka/connectRest";

/*
 * Strimzi's operator lists, alters and resets connector offsets (AbstractConnectOperator,
 * KafkaMirrorMaker2AssemblyOperator) in a reconciliation that finds the connector already configured,
 * never in the one that creates or reconfigures it. On failure the object gets a condition "Warning"
 * and stays Ready, the annotations stay, and the next reconciliation tries again. In the lab, the
 * next reconciliation is the next `apply` or `annotate`.
 */

export const CONNECTOR_OFFSETS = "strimzi.io/connector-offsets";
export const MIRRORMAKER_CONNECTOR = "strimzi.io/mirrormaker-connector";

const OPERATIONS = ["none", "list", "alter", "reset"] as const;
type Operation = (typeof OPERATIONS)[number];

export type Annotations = Readonly<Record<string, string>>;

/** What the annotations ask for. */
export type OffsetsRequest =
    | { readonly operation: Operation; readonly connector: string }
    | { readonly operation: "warn"; readonly reason: string; readonly message: string };

/** A connector and the part of the object about it. */
export interface MirrorConnector {
    readonly name: string;
    readonly spec: MirrorConnectorSpec;
}

export interface OffsetsEnvironment {
    readonly rest: ConnectRest;
    readonly configMaps: ConfigMapLookup;
    readonly applyConfigMap: (configMap: ConfigMapObject) => void;
    readonly signal: AbortSignal;
}

/** The outcome of a request. */
export interface OffsetsResult {
    /** Whether the request is complete, so that its annotations are removed. */
    readonly done: boolean;
    readonly warnings: readonly Condition[];
}

/** The key of a connector in the ConfigMaps. */
export function offsetsKey(connector: string): string {
    return `${connector.replace("->", "--")}.json`;
}

/** @throws for an operation that Strimzi does not know */
export function offsetsRequest(
    { metadata: { name, namespace } }: KafkaMirrorMaker2Object,
    annotations: Annotations,
): OffsetsRequest {
    const operation = annotations[CONNECTOR_OFFSETS];
    const connector = annotations[MIRRORMAKER_CONNECTOR];
    if (operation === undefined && connector === undefined) {
        return { operation: "none", connector: "" };
    }
    if (operation === undefined || connector === undefined) {
        const missing = operation === undefined ? CONNECTOR_OFFSETS : MIRRORMAKER_CONNECTOR;
        return {
            operation: "warn",
            reason: "ManageOffsets",
            message:
                "Encountered error getting connector offsets annotation. " +
                `KafkaMirrorMaker2 resource ${namespace}/${name} is missing annotation ${missing}`,
        };
    }
    const known = OPERATIONS.find((candidate) => candidate === operation);
    if (known === undefined) {
        throw new Error(
            `KafkaMirrorMaker2 ${namespace}/${name}: ${CONNECTOR_OFFSETS} must be list, alter or ` +
                `reset, not ${operation}`,
        );
    }
    return { operation: known, connector };
}

/**
 * Carries out what the annotations ask for. As the operator does, it ignores a connector that the
 * object does not have, and leaves the annotations.
 */
export async function manageOffsets(
    mm2: KafkaMirrorMaker2Object,
    annotations: Annotations,
    connectors: readonly MirrorConnector[],
    environment: OffsetsEnvironment,
): Promise<OffsetsResult> {
    const request = offsetsRequest(mm2, annotations);
    if (request.operation === "warn") {
        return { done: false, warnings: [warning(request.reason, request.message)] };
    }
    const { operation } = request;
    const connector = connectors.find(({ name }) => name === request.connector);
    if (connector === undefined || operation === "none") {
        return { done: false, warnings: [] };
    }
    const titles = {
        list: ["ListOffsets", "listing"],
        alter: ["AlterOffsets", "altering"],
        reset: ["ResetOffsets", "resetting"],
    } as const;
    const [reason, doing] = titles[operation];
    try {
        await OFFSETS[operation](mm2, connector, environment);
        return { done: true, warnings: [] };
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const message =
            error instanceof MissingProperty
                ? why
                : `Encountered error ${doing} connector offsets. ${why}`;
        return { done: false, warnings: [warning(reason, message)] };
    }
}

/** The object names no ConfigMap for the operation. */
class MissingProperty extends Error {
    constructor(verb: string, property: string) {
        super(
            `Failed to ${verb} the connector offsets due to missing property ${property} ` +
                "in KafkaMirrorMaker2 CR.",
        );
    }
}

type Carry = (
    mm2: KafkaMirrorMaker2Object,
    connector: MirrorConnector,
    environment: OffsetsEnvironment,
) => Promise<void>;

const OFFSETS: Record<"list" | "alter" | "reset", Carry> = {
    list: async ({ metadata: { name, namespace } }, connector, environment) => {
        const configMap = connector.spec.listOffsets?.toConfigMap.name;
        if (configMap === undefined) {
            throw new MissingProperty("list", "listOffsets");
        }
        const offsets = await environment.rest.offsets(connector.name);
        const present = environment.configMaps(namespace, configMap);
        environment.applyConfigMap({
            metadata: {
                name: configMap,
                namespace,
                labels: { "strimzi.io/cluster": name, "strimzi.io/kind": "KafkaMirrorMaker2" },
            },
            data: { ...present?.data, [offsetsKey(connector.name)]: JSON.stringify(offsets) },
        });
    },
    alter: async ({ metadata: { namespace } }, connector, environment) => {
        const name = connector.spec.alterOffsets?.fromConfigMap.name;
        if (name === undefined) {
            throw new MissingProperty("alter", "alterOffsets");
        }
        await verifyStopped(connector, environment);
        const failed = "Encountered error fetching offsets to use in alter operation.";
        const configMap = environment.configMaps(namespace, name);
        if (configMap === undefined) {
            throw new Error(`${failed} ConfigMap ${namespace}/${name} does not exist.`);
        }
        const key = offsetsKey(connector.name);
        const text = configMap.data?.[key];
        if (text === undefined) {
            throw new Error(`${failed} Data field ${key} is missing.`);
        }
        const offsets = parsed(key, text);
        await accepted(connector, environment, () =>
            environment.rest.alterOffsets(connector.name, offsets),
        );
    },
    reset: async (_mm2, connector, environment) => {
        await verifyStopped(connector, environment);
        await accepted(connector, environment, () => environment.rest.resetOffsets(connector.name));
    },
};

/** Waits for STOPPED where the object asks for it; the operator would reach that state by retrying. */
async function verifyStopped(
    { name, spec }: MirrorConnector,
    { rest, signal }: OffsetsEnvironment,
): Promise<void> {
    if (spec.state !== "stopped") {
        throw new Error("Connector is not in STOPPED state");
    }
    const isStopped = async (): Promise<boolean> => {
        const status = await rest.status(name);
        return status?.connector.state === "STOPPED" && status.tasks.length === 0;
    };
    await waitUntil(`${name} is STOPPED`, isStopped, {
        timeoutMs: 300_000,
        intervalMs: 100,
        signal,
    });
}

async function accepted(
    { name }: MirrorConnector,
    { signal }: OffsetsEnvironment,
    action: () => Promise<void>,
): Promise<void> {
    await untilAccepted(`new offsets of ${name} are accepted`, action, signal);
}

function parsed(key: string, text: string): unknown {
    try {
        return JSON.parse(text);
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`Failed to parse contents of ${key} as JSON: ${why}`, { cause: error });
    }
}

function warning(reason: string, message: string): Condition {
    const lastTransitionTime = new Date().toISOString();
    return { type: "Warning", status: "True", lastTransitionTime, reason, message };
}
