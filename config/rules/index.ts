import { clusterRules } from "./clusterRules";
import { connectionRules } from "./connectionRules";
import { mirrorRules } from "./mirrorRules";
import { pairRules } from "./pairRules";
import { phaseRules } from "./phaseRules";
import { recordRules } from "./recordRules";
import type { Rule } from "./rule";
import { securityRules } from "./securityRules";
import { throughputRules } from "./throughputRules";
import { topicRules } from "./topicRules";
import { userRules } from "./userRules";

/** Every rule between settings, in the order in which their problems are reported. */
export const rules: readonly Rule[] = [
    ...pairRules,
    ...clusterRules,
    ...connectionRules,
    ...securityRules,
    ...topicRules,
    ...userRules,
    ...mirrorRules,
    ...recordRules,
    ...throughputRules,
    ...phaseRules,
];
