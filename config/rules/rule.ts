import type { Problem } from "../problem";
import type { ManagedSite, SectionName, Settings, Site, SiteName } from "../settingsSchema";

/**
 * A rule between settings. It is checked only if the sections that it needs were parsed, so that
 * an error in one place does not hide errors in another.
 */
export interface Rule<Needed extends SectionName = SectionName> {
    /** Stable identifier, printed with each problem and listed in docs/reference/settings.md. */
    readonly id: string;
    /** What the rule refuses and why, for the docs. */
    readonly summary: string;
    /** `error` refuses the settings; `warning` is reported and accepts them. */
    readonly severity: "error" | "warning";
    readonly needs: readonly Needed[];
    check(settings: Pick<Settings, Needed>): readonly Finding[];
}

/** A problem without its rule. */
export type Finding = Omit<Problem, "rule">;

/** Defines a rule whose `check` may read the sections in `needs`. */
export function rule<Needed extends SectionName>(definition: Rule<Needed>): Rule<Needed> {
    return definition;
}

/** A site with its config key. */
export interface KeyedSite<Kind extends Site = Site> {
    readonly key: string;
    readonly site: Kind;
}

/** The sites whose Kafka cluster this stack manages. */
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
