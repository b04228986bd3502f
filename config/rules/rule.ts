import type { Problem } from "../problem";
import type { SectionName, Settings } from "../settingsSchema";

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
