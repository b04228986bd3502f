import { GroupConsumer } from "./consumer";
import { PARTITIONS, TOPIC, USER } from "./labPair";
import {
    activeGroup,
    networkCut,
    partitionsAdded,
    retentionOvertakes,
    targetRestarted,
    topicRecreated,
} from "./mirrorScenarios";
import { NumberedProducer } from "./producer";
import type { Scenario } from "./scenario";
import {
    finalReturn,
    type Load,
    plannedReturn,
    plannedSwitch,
    secondFailover,
    sourceLost,
    sourceNotRebuilt,
} from "./switchScenarios";

/** Every scenario in order; each begins where the one before it ended. */
export function scenarios(): Scenario[] {
    const load: Load = {
        producer: new NumberedProducer("order", TOPIC, PARTITIONS),
        consumer: new GroupConsumer(USER, TOPIC),
        lost: new Set(),
    };
    return [
        networkCut("source"),
        networkCut("target"),
        targetRestarted(),
        partitionsAdded(),
        activeGroup(),
        plannedSwitch(load),
        plannedReturn(load),
        sourceLost(load),
        sourceNotRebuilt(load),
        secondFailover(load),
        finalReturn(load),
        topicRecreated(),
        retentionOvertakes(),
    ];
}
