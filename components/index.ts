export { CaCertificateCopy } from "./caCertificateCopy";
export { KafkaCluster } from "./kafkaCluster";
export { KafkaDisasterRecovery } from "./kafkaDisasterRecovery";
export { MirrorMaker } from "./mirrorMaker";
export type { StackOutputs } from "./outputs";
export { siteProviders, type SiteProviders } from "./providers";
