import type { MirrorSettings, Settings, ThroughputSettings } from "../settingsSchema";
import { LIMITS } from "./limits";
import { predict } from "./model";
import { PROFILE_NAMES } from "./profiles";
import { size } from "./size";
import { configurationOf, wishedRate, workloadOf } from "./stackModel";

type Deciding = Pick<Settings, "source" | "target" | "mirror">;

/**
 * The first single change of a stack's mirror with which it carries a rate, as a sentence's end; of
 * several the one that costs least: tasks, then a profile, then workers, then both.
 */
export function smallestChange(settings: Deciding, throughput: ThroughputSettings): string {
    const { mirror } = settings;
    const workload = workloadOf(settings, throughput);
    const wish = wishedRate(throughput);
    const carries = (changes: Partial<MirrorSettings>) => {
        const changed = { ...settings, mirror: { ...mirror, ...changes } };
        return predict(configurationOf(changed), workload).recordsPerSecond >= wish;
    };
    const profiles = PROFILE_NAMES.filter((name) => name !== mirror.profile);
    const profile = profiles.find((name) => carries({ profile: name }));
    const tasksMax = first(throughput.partitions, (tasks) => carries({ tasksMax: tasks }));
    const replicas = first(MOST_WORKERS, (workers) => carries({ replicas: workers }));
    if (tasksMax !== undefined) {
        return `kafka-dr:mirror.tasksMax ${tasksMax} would do`;
    }
    if (profile !== undefined) {
        return `kafka-dr:mirror.profile "${profile}" would do`;
    }
    if (replicas !== undefined) {
        return `kafka-dr:mirror.replicas ${replicas} would do`;
    }
    const { exactlyOnce } = configurationOf(settings);
    const sized = size({ workload, recordsPerSecond: wish, exactlyOnce });
    return sized.reachable
        ? "no single change would do; kafka-dr size prints a configuration that does"
        : `no configuration would do: ${LIMITS[sized.limit].wall}`;
}

const MOST_WORKERS = 50;

/** The smallest number up to a most with which something holds that more only help. */
function first(most: number, holds: (count: number) => boolean): number | undefined {
    if (!holds(most)) {
        return undefined;
    }
    let [low, high] = [1, most];
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        [low, high] = holds(middle) ? [low, middle] : [middle + 1, high];
    }
    return low;
}
