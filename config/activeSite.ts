import type { SiteName } from "./settingsSchema";

/**
 * The site that applications use, and the only one where their users may write: the one that is
 * mirrored. Everything that depends on it asks here.
 */
export const ACTIVE_SITE: SiteName = "source";
