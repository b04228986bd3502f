import type { Direction } from "../../../config/reversed";
import type { SiteName } from "../../../config/settingsSchema";

/**
 * The ends of a mirror: it copies `from` one cluster `to` the other.
 *
 * Sites and ends are two things. A site keeps its name, `source` or `target`, for as long as the
 * stack exists; which end of a mirror it is depends on the mirror's direction. So code that serves
 * both directions speaks of `from` and `to`, in names and in JSON; a site is named where a person
 * gives one (`--source-bootstrap`) or reads of one (messages), and in code for one direction alone.
 */
export type MirrorEnd = "from" | "to";

/** One value for each end of a mirror. */
export type Ends<T> = Readonly<Record<MirrorEnd, T>>;

/** The sites at the ends of a mirror. */
export function sitesInDirection(direction: Direction): Ends<SiteName> {
    return direction === "forward"
        ? { from: "source", to: "target" }
        : { from: "target", to: "source" };
}
