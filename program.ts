import { KafkaDisasterRecovery, siteProviders, type StackOutputs } from "./components";
import { stackSettings } from "./config/stackSettings";

/** The whole stack: settings, then one provider per Kubernetes cluster, then the pair. */
export function program(): StackOutputs {
    const settings = stackSettings();
    const providers = siteProviders(settings);
    return new KafkaDisasterRecovery("kafka-dr", { settings, providers }).outputs;
}
