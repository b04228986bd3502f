import * as pulumi from "@pulumi/pulumi";

export const SITES = ["source", "target"] as const;

/** A site of the kafka-dr stack. */
export type SiteName = (typeof SITES)[number];

export interface AppSettings {
    /** The kafka-dr stack, `<organization>/kafka-dr/<stack>`. */
    readonly kafkaStack: string;
    /** Kube context of each site that this stack deploys to; at least one. */
    readonly contexts: ReadonlyMap<SiteName, string>;
    readonly topic: string;
    readonly group: string;
    /** User of Kafka, and the Secret with its password at each site. */
    readonly user: string;
    /** Pods at the active site. */
    readonly replicas: number;
    readonly image: string;
}

/**
 * The settings of `Pulumi.<stack>.yaml`.
 * @throws Error that names the key when one is missing or wrong.
 */
export function appSettings(): AppSettings {
    const config = new pulumi.Config();
    return {
        kafkaStack: config.require("kafkaStack"),
        contexts: siteContexts(config.requireObject("sites"), config.name),
        topic: config.require("topic"),
        group: config.require("group"),
        user: config.require("user"),
        replicas: config.requireNumber("replicas", { min: 0 }),
        image: config.require("image"),
    };
}

/** The kube context of each site in the value of `sites`. */
export function siteContexts(value: unknown, project: string): Map<SiteName, string> {
    const wrong = (what: string) => new Error(`${project}:sites: ${what}`);
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
        throw wrong("name at least one of `source` and `target`, each with a `context`");
    }
    return new Map(
        Object.entries(value as Record<string, unknown>).map(([name, site]) => {
            if (!isSiteName(name)) {
                throw wrong(`"${name}" is not one of ${SITES.join(", ")}`);
            }
            const context = (site as { context?: unknown } | null)?.context;
            if (typeof context !== "string" || context === "") {
                throw wrong(`${name}.context must be the name of a kube context`);
            }
            return [name, context];
        }),
    );
}

export function isSiteName(value: unknown): value is SiteName {
    return SITES.some((site) => site === value);
}
