import { KafkaDisasterRecovery, siteProviders, type StackOutputs } from "./components";
import { stackSettings } from "./config/stackSettings";

/** The whole stack: settings, then one provider per Kubernetes cluster, then the pair. */
export function program(): Partial<StackOutputs> {
    const settings = stackSettings();
    const providers = siteProviders(settings);
    const { outputs } = new KafkaDisasterRecovery("kafka-dr", { settings, providers });
    return defined(outputs);
}

/** Pulumi warns of every output that is undefined; those that a stack has not are left out. */
function defined<T extends object>(values: T): Partial<T> {
    return Object.fromEntries(
        Object.entries(values).filter(([, value]) => value !== undefined),
    ) as Partial<T>;
}
