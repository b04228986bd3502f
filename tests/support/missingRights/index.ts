import { MISSING_MIRROR_RIGHTS } from "./mirror";
import type { MissingRight } from "./types";
import { MISSING_WORKER_RIGHTS } from "./workers";

export type { LogNames, MissingRight, RightCondition, StateWithoutRight } from "./types";

/**
 * Every right that MM2 may need, with its effect on real brokers when only that one is missing (Kafka
 * 4.3.1 with automatic topic creation, the brokers' default). tests/lab/rights removes each of them
 * and checks for these signs; docs/reference/mirror-rights.md shows them.
 */
export const MISSING_RIGHTS: readonly MissingRight[] = [
    ...MISSING_MIRROR_RIGHTS,
    ...MISSING_WORKER_RIGHTS,
];
