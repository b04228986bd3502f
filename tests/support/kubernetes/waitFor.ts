/** The fields of an object that a wait evaluates. */
export interface LiveObject {
    readonly kind?: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly generation?: number;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly status?: {
        readonly observedGeneration?: number;
        readonly conditions?: readonly {
            readonly type?: string;
            readonly status?: string;
            readonly reason?: string;
            readonly message?: string;
        }[];
    };
}

/** One condition of `pulumi.com/waitFor`. */
interface WaitCondition {
    /** The expression. */
    readonly text: string;
    readonly holds: (object: LiveObject) => boolean;
}

/** The wait that the annotations of an object require. */
export interface WaitPlan {
    /** All must hold. */
    readonly conditions: readonly WaitCondition[];
    readonly timeoutMs: number;
}

/** Default timeout of the provider, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;

/**
 * Reads `pulumi.com/waitFor` and `pulumi.com/timeoutSeconds`; undefined without a wait.
 * Of JSONPath it supports field names and indexes, as in `{.status.listeners[0].name}`.
 *
 * @throws Error for an annotation that the provider or this subset does not support.
 */
export function waitPlan(
    annotations: Readonly<Record<string, string>> | undefined,
): WaitPlan | undefined {
    const wanted = annotations?.["pulumi.com/waitFor"];
    if (wanted === undefined) {
        return undefined;
    }
    const seconds = annotations?.["pulumi.com/timeoutSeconds"];
    if (seconds !== undefined && !/^\d+$/.test(seconds)) {
        throw new Error(`pulumi.com/timeoutSeconds: "${seconds}" is not a number of seconds`);
    }
    return {
        conditions: expressions(wanted).map(parseCondition),
        timeoutMs: seconds === undefined ? DEFAULT_TIMEOUT_MS : Number(seconds) * 1000,
    };
}

/**
 * The conditions that do not hold yet. None holds while the status describes an earlier generation of
 * the object.
 */
export function unmet(plan: WaitPlan, object: LiveObject): string[] {
    const observed = object.status?.observedGeneration;
    const stale = observed !== undefined && observed < (object.metadata.generation ?? 0);
    return plan.conditions
        .filter((condition) => stale || !condition.holds(object))
        .map(({ text }) => text);
}

/** Why an object is not ready, by its conditions; for the error after a timeout. */
export function conditionsInWords(object: LiveObject): string {
    const { observedGeneration, conditions = [] } = object.status ?? {};
    const { generation } = object.metadata;
    if (conditions.length === 0) {
        return "it has no conditions yet; does an operator watch its namespace?";
    }
    const words = conditions.map(({ type, status, reason, message }) =>
        [
            `${type ?? "?"}=${status ?? "?"}`,
            reason === undefined ? "" : ` (${reason})`,
            message === undefined ? "" : `: ${message}`,
        ].join(""),
    );
    const stale =
        observedGeneration !== undefined && observedGeneration < (generation ?? 0)
            ? `its status is that of generation ${observedGeneration}, not ${generation ?? 0}; `
            : "";
    return `${stale}its conditions: ${words.join("; ")}`;
}

function expressions(annotation: string): string[] {
    if (!annotation.trimStart().startsWith("[")) {
        return [annotation];
    }
    const list: unknown = JSON.parse(annotation);
    if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
        throw new Error(`pulumi.com/waitFor: ${annotation} is not a list of texts`);
    }
    return list;
}

function parseCondition(text: string): WaitCondition {
    const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
    if (condition !== null) {
        const [, type, status = "True"] = condition;
        return {
            text,
            holds: (object) =>
                (object.status?.conditions ?? []).some(
                    (found) => equalsIgnoringCase(found.type, type) && found.status === status,
                ),
        };
    }
    const jsonPath = /^jsonpath=\{((?:\.[A-Za-z_][\w-]*|\[\d+\])+)\}(?:=(.*))?$/.exec(text);
    if (jsonPath !== null) {
        const [, path = "", expected] = jsonPath;
        const steps = [...path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(
            ([, field, index]) => field ?? Number(index),
        );
        return {
            text,
            holds: (object) => {
                const value = steps.reduce<unknown>(
                    (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
                    object,
                );
                return expected === undefined ? value !== undefined : asText(value) === expected;
            },
        };
    }
    throw new Error(`pulumi.com/waitFor: "${text}" is not supported`);
}

/** Condition types are compared as kubectl does. */
function equalsIgnoringCase(one: string | undefined, other: string | undefined): boolean {
    return one?.toLowerCase() === other?.toLowerCase();
}

function asText(value: unknown): string | undefined {
    return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}
