import type { MirrorSettings, Settings, ThroughputSettings } from "../settingsSchema";
import { LIMITS } from "./limits";
import { predict } from "./model";
import { PROFILE_NAMES } from "./profiles";
import { size } from "./size";
import { configurationOf, wishedRate, workloadOf } from "./stackModel";

type Deciding = Pick<Settings, "source" | "target" | "mirror">;

/**
 * The cheapest single change with which a stack's mirror carries a rate, as the end of a sentence:
 * more tasks, then another profile, then more workers.
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
        return `kafka-dr:mirror.tasksMax ${tasksMax} is enough`;
    }
    if (profile !== undefined) {
        return `kafka-dr:mirror.profile "${profile}" is enough`;
    }
    if (replicas !== undefined) {
        return `kafka-dr:mirror.replicas ${replicas} is enough`;
    }
    const { exactlyOnce } = configurationOf(settings);
    const sized = size({ workload, recordsPerSecond: wish, exactlyOnce });
    return sized.reachable
        ? "no single change is enough; kafka-dr size prints a configuration that is"
        : `no configuration is enough: ${LIMITS[sized.limit].wall}`;
}

const MOST_WORKERS = 50;

/**
 * The smallest number up to `most` for which a monotonic condition holds; undefined if it holds for
 * none.
 */
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
