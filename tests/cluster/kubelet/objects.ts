import type { KubernetesObject } from "../../support/kubernetes";

export interface StoredMetadata {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
}

export interface StoredJob extends KubernetesObject {
    readonly metadata: StoredMetadata;
    readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
}

export interface StoredPod extends KubernetesObject {
    readonly metadata: StoredMetadata;
    readonly spec: {
        readonly volumes: readonly {
            readonly name: string;
            readonly secret?: {
                readonly secretName: string;
                readonly items?: readonly { readonly key: string; readonly path: string }[];
            };
            readonly downwardAPI?: {
                readonly items: readonly {
                    readonly path: string;
                    readonly fieldRef: { readonly fieldPath: string };
                }[];
            };
        }[];
        readonly containers: readonly [
            {
                readonly name: string;
                readonly command: readonly [string, ...string[]];
                readonly args: readonly string[];
                readonly volumeMounts: readonly {
                    readonly name: string;
                    readonly mountPath: string;
                    readonly subPath?: string;
                }[];
            },
        ];
    };
}
