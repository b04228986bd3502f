import type { Problem } from "../problem";
import type { ManagedSite, SectionName, Settings, Site, SiteName } from "../settingsSchema";

/**
 * A rule between settings. It is asked only when the sections that it needs could be read, so that
 * a typing error in one place does not hide what is wrong in another.
 */
export interface Rule<Needed extends SectionName = SectionName> {
    /** Stable identifier, printed with each problem and listed in docs/reference/settings.md. */
    readonly id: string;
    /** What it refuses and why, for the docs. */
    readonly summary: string;
    /** `error` refuses the settings; `warning` lets them pass and is shown. */
    readonly severity: "error" | "warning";
    readonly needs: readonly Needed[];
    check(settings: Pick<Settings, Needed>): readonly Finding[];
}

/** A problem without its rule, which the caller knows. */
export type Finding = Omit<Problem, "rule">;

/** Makes a rule, with the sections that `check` may read typed by `needs`. */
export function rule<Needed extends SectionName>(definition: Rule<Needed>): Rule<Needed> {
    return definition;
}

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
