import type { Rule } from "../rule";
import { authorizationRules } from "./authorization";
import { connectorRules } from "./connectors";
import { durabilityRules } from "./durability";
import { imageRules } from "./images";
import { listenerRules } from "./listeners";
import { mirrorAuthenticationRules } from "./mirrorAuthentication";
import { mirrorLoopRules } from "./mirrorLoop";
import { producerRules } from "./producers";
import { protectionRules } from "./protection";
import { providerRules } from "./provider";
import { resourceRules } from "./resources";
import { restrictedPodsRules } from "./restrictedPods";
import { secretRules } from "./secrets";

/** All rules of the pack, in the order in which the README lists them. */
export const rules: readonly Rule[] = [
    ...listenerRules,
    ...authorizationRules,
    ...mirrorAuthenticationRules,
    ...secretRules,
    ...restrictedPodsRules,
    ...imageRules,
    ...durabilityRules,
    ...protectionRules,
    ...providerRules,
    ...connectorRules,
    ...mirrorLoopRules,
    ...producerRules,
    ...resourceRules,
];
