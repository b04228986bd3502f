export * from "./kafka";
export * from "./kafkaMirrorMaker2";
export * from "./kafkaNodePool";
export * from "./kafkaTopic";
export * from "./kafkaUser";
export type { ObjectMeta } from "../generated/types/ObjectMeta";
export type { DeepInput, DeepInputs } from "./deepInput";
export { STRIMZI_API_VERSION, StrimziResource } from "./strimziResource";
export type { LiveObjectMeta, StrimziResourceArgs } from "./strimziResource";
