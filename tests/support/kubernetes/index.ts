export { ApiClient, ApiError, type ApiRequest, UnreachableError } from "./apiClient";
export { Cluster, type ClusterOptions, type KubernetesObject } from "./cluster";
export { type ClusterAccess, clusterAccess, KubeconfigError } from "./kubeconfig";
export {
    type ClusterReference,
    type DestroyOptions,
    type KnownObject,
    KubernetesBackend,
    type KubernetesBackendOptions,
    type KubernetesState,
} from "./kubernetesBackend";
export { type ObjectType, objectTypeOf, RestMapper, UnknownKindError } from "./restMapping";
