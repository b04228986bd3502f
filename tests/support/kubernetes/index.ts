export { apiClient, type ClusterAccess, kubeConfigFor } from "./access";
export { Cluster, type ClusterOptions, type KubernetesObject } from "./cluster";
export {
    type DestroyOptions,
    type KnownObject,
    KubernetesBackend,
    type KubernetesBackendOptions,
    type KubernetesState,
} from "./kubernetesBackend";
export { type ObjectType, objectTypeOf, RestMapper, UnknownKindError } from "./restMapping";
