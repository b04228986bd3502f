import type { ManagedSite, Settings, Site, SiteName } from "../settingsSchema";

/** One site with the config key under which it stands. */
export interface KeyedSite<Kind extends Site = Site> {
    readonly key: string;
    readonly site: Kind;
}

/** Those of the given sites whose Kafka cluster this stack deploys. */
export function managedSites(
    settings: Partial<Pick<Settings, SiteName>>,
): KeyedSite<ManagedSite>[] {
    return (["source", "target"] as const).flatMap((name) => {
        const site = settings[name];
        return site?.managed === true ? [{ key: `kafka-dr:${name}`, site }] : [];
    });
}

/** `["batch.size"]`: the path of a key with dots, as `pulumi config set --path` writes it. */
export function entry(name: string): string {
    return `[${JSON.stringify(name)}]`;
}
