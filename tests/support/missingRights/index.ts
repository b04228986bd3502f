import { MISSING_MIRROR_RIGHTS } from "./mirror";
import type { MissingRight } from "./types";
import { MISSING_WORKER_RIGHTS } from "./workers";

export type { LogNames, MissingRight, RightCondition, StateWithoutRight } from "./types";

/**
 * Every right that MM2 may need, with what was seen on real brokers while just that one was missing
 * (Kafka 4.3.1, automatic creation of topics on, as is the brokers' default). tests/lab/rights takes
 * each of them away and looks for these signs; docs/reference/mirror-rights.md shows them.
 */
export const MISSING_RIGHTS: readonly MissingRight[] = [
    ...MISSING_MIRROR_RIGHTS,
    ...MISSING_WORKER_RIGHTS,
];
